"""What a load needs: docs/reference/plan.md. Figures of one machine, and a model that makes more of them."""
