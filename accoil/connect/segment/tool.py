"""What Segment is made of, as the list of tools and the pages read it."""

from accoil.connect.connection import Action, Field, Joining, Tool
from accoil.connect.segment import properties
from accoil.connect.segment.connecting import SEGMENT, by_key
from accoil.connect.segment.session import SegmentSession
from accoil.connect.segment.speaking import AT_ONCE, CALLS_A_SECOND, REGIONS, doors
from accoil.connect.segment.tracking import Tracking

TOOL = Tool(
    key=SEGMENT,
    name="Segment",
    good_for="Scores and segments as traits of users and groups, for every destination you have there; events by "
    "automation.",
    joining=Joining(
        by_token=by_key,
        pasted="The write key of a source of its own in Segment, so that it is seen there what Accoil sends.",
        own_app="Two minutes in Segment, for somebody who may add sources.",
        own_app_title="Where the write key is",
        steps=(
            "Open Connections > Sources > Add source, and choose HTTP API; call it Accoil.",
            "Copy its Write Key from Settings > API Keys, and paste it above.",
            "Choose the region of your workspace. Segment answers 200 to messages at the wrong one, and loses them.",
            "Open the source's Debugger: what Accoil sends is seen there within seconds. Then connect destinations.",
        ),
    ),
    at_once=AT_ONCE,
    calls_a_second=CALLS_A_SECOND,
    by_email=False,
    reads_back=False,
    fields=(
        Field(name="write_key", label="Write key", type="secret", help="Sources > Accoil > Settings > API Keys."),
        Field(name="region", label="Region", type="choice", choices=REGIONS, help="Of the workspace."),
        Field(name="host", label="Address", required=False, help="Of another region, such as a proxy of yours."),
        Field(
            name="left_out",
            label="Destinations left out",
            required=False,
            help="Those that lead back to Accoil, as they are called in Segment, with commas between; such as "
            "Webhooks (Actions). What comes back does not count anyway.",
        ),
    ),
    actions=(
        Action(
            key="segment_track",
            label="Track in Segment",
            fields=(
                Field(name="event", label="Event", begins="Account Entered Segment", help="Its name in Segment."),
                Field(
                    name="properties",
                    label="Properties",
                    type="long_text",
                    required=False,
                    begins=properties.BEGINS,
                    help="One a line, name: value. A number is sent as one, unless it stands in quotation marks. Who "
                    "it is about, and why, is always there.",
                ),
            ),
            needs_match=False,
            check=properties.check,
            preview=properties.preview,
        ),
    ),
    opened=SegmentSession,
    sending=Tracking,
    closed=doors.close,
    archives_with=("write_key",),
    hints={
        "matching": "Segment is told of users by their ids, and of accounts by theirs, through the user who was active "
        "last.",
        "view": "Open Profiles > a person > Traits there, or the Debugger of the source. Is the region right? Segment "
        "answers 200 at the wrong one, and loses what was sent.",
        "ending": "In Segment nothing can be archived: the traits are emptied instead, one message for each user and "
        "account. Events that automations sent stay.",
        "attributes": "Segment accepts nearly everything and says nothing of single messages. Look into the Debugger "
        "of the source: when nothing is there, the write key or the region is another one's.",
        "accounts": "Segment takes what is said of an account only as said by one of its users.",
    },
)
