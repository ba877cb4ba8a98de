"""The features and the three profiles of the demo, as they would stand in a definition file."""

from __future__ import annotations

from typing import Any


def features() -> list[dict[str, Any]]:
    return [
        {
            "name": "Invoices",
            "description": "Bill customers, and see who paid",
            "events": ["Invoice_Created", "Invoice_Sent", "Payment_Recorded"],
        },
        {
            "name": "Bank feed",
            "description": "Payments come in by themselves and find their invoices",
            "events": ["Bank_Connected", "Transaction_Matched"],
        },
        {
            "name": "Expenses",
            "description": "Receipts become entries",
            "events": ["Receipt_Uploaded", "Expense_Added"],
        },
        {
            "name": "Reports",
            "description": "How the business is doing, for the owner and the accountant",
            "events": ["Report_Created", "Report_Shared", "Report_Exported", "Viewed Reports"],
        },
        {"name": "Budgets", "description": "Plan the year", "events": ["Budget_Created"]},
        {"name": "Team", "description": "Work in it together", "events": ["Teammate_Invited"]},
    ]


def profiles() -> list[dict[str, Any]]:
    return [
        {
            "name": "All Users",
            "window": 7,
            "events": {
                "Dashboard_Viewed": 1,
                "Viewed Reports": 1,
                "Invoice_Created": 5,
                "Invoice_Sent": 6,
                "Payment_Recorded": 5,
                "Transaction_Matched": 3,
                "Receipt_Uploaded": 3,
                "Expense_Added": 4,
                "Report_Created": 8,
                "Report_Shared": 9,
                "Report_Exported": 6,
                "Budget_Created": 8,
                "Bank_Connected": 9,
                "Teammate_Invited": 10,
            },
            "activation": {
                "user": [{"event": "Invoice_Sent"}, {"event": "Receipt_Uploaded"}, {"event": "Report_Created"}],
                "account": [{"event": "Bank_Connected"}, {"event": "Report_Created"}, {"event": "Report_Shared"}],
            },
            "benchmark": "moving_p90",
            "curve": "exponential",
        },
        {
            "name": "Getting Started",
            "window": 14,
            "events": {
                "Dashboard_Viewed": 2,
                "Viewed Billing": 5,
                "Invoice_Created": 6,
                "Invoice_Sent": 8,
                "Receipt_Uploaded": 4,
                "Bank_Connected": 10,
                "Teammate_Invited": 10,
            },
            "benchmark": "moving_p90",
            "curve": "exponential",
        },
        {
            "name": "Power Features",
            "window": 30,
            "events": {
                "Transaction_Matched": 2,
                "Report_Created": 7,
                "Report_Shared": 9,
                "Report_Exported": 6,
                "Budget_Created": 10,
                "Bank_Connected": 8,
            },
            "benchmark": "moving_p90",
            "curve": "linear",
        },
    ]
