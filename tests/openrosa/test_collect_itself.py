"""The client that stands for ODK Collect does what Collect does: a server that it accepts is one for tablets."""

from collections.abc import Callable

import httpx
import pytest

from tests.openrosa.collect import AuthRequired, Collect, FormOnDevice, Instance, ServerTrouble, Status, requests_of
from tests.openrosa.wire import Challenge, Got, Wire

XML = b"<data id='f'/>"
OPENROSA = {"X-OpenRosa-Version": "1.0", "Content-Type": "text/xml; charset=utf-8"}
LIST = '<xforms xmlns="http://openrosa.org/xforms/xformsList">{}</xforms>'
FORM = (
    "<xform><formID>f</formID><name>F</name><version>1</version>"
    "<hash>{hash}</hash><downloadUrl>http://server/f.xml</downloadUrl></xform>"
)
THANKS = '<OpenRosaResponse xmlns="http://openrosa.org/http/response"><message>{}</message></OpenRosaResponse>'

Handler = Callable[[httpx.Request], httpx.Response]


def collect(handler: Handler) -> Collect:
    client = httpx.Client(transport=httpx.MockTransport(handler))
    return Collect("http://server/key/", Wire(client), {"old": FormOnDevice(b"", "1", {})})


def answering(head: int, post: int, body: str = "") -> Handler:
    return lambda request: httpx.Response(head if request.method == "HEAD" else post, text=body)


@pytest.mark.parametrize(
    ("head", "post", "status"),
    [
        (204, 201, Status.SUBMITTED),
        (204, 202, Status.SUBMITTED),
        (204, 200, Status.FAILED),
        (204, 204, Status.FAILED),
        (204, 409, Status.FAILED),
        (200, 201, Status.FAILED),
        (403, 201, Status.SUBMITTED),
        (503, 201, Status.SUBMITTED),
        (401, 201, Status.FAILED),
    ],
)
def test_only_these_codes_let_go_of_an_interview(head: int, post: int, status: Status) -> None:
    tablet = collect(answering(head, post))
    instance = tablet.finalise(XML)
    tablet.send()
    assert instance.status is status
    assert tablet.waiting == ([] if status is Status.SUBMITTED else [instance])


def test_what_failed_is_sent_again_for_ever() -> None:
    tablet = collect(answering(204, 409, THANKS.format("ditolak")))
    instance = tablet.finalise(XML)
    for _ in range(5):
        assert tablet.send() == [instance]
    assert instance.shown == "ditolak"
    assert len(tablet.wire.asked) == 10


def test_one_failure_stops_no_other_but_a_password_stops_all() -> None:
    tablet = collect(answering(204, 500))
    tablet.finalise(XML), tablet.finalise(XML)
    tablet.send()
    assert [method for method, *_ in tablet.wire.asked] == ["HEAD", "POST"] * 2
    tablet = collect(answering(401, 201))
    tablet.finalise(XML), tablet.finalise(XML)
    tablet.send()
    assert [method for method, *_ in tablet.wire.asked] == ["HEAD"]


@pytest.mark.parametrize(
    ("media", "accepted", "sizes"),
    [
        ({}, 100, [0]),
        ({"a": b"x" * 10, "b": b"x" * 10}, 100, [2]),
        ({"a": b"x" * 60, "b": b"x" * 60, "c": b"x"}, 100, [1, 2]),
        ({"a": b"x" * 500}, 100, [1]),
        ({str(number): b"" for number in range(250)}, 10**7, [101, 101, 48]),
    ],
)
def test_split_posts_all_hold_the_interview(media: dict[str, bytes], accepted: int, sizes: list[int]) -> None:
    posts = list(requests_of(Instance(XML, media), accepted))
    files = [[part for part in parts if part.filename and part.name != "xml_submission_file"] for parts in posts]
    assert [len(each) for each in files] == sizes
    assert [part.name for each in files for part in each] == list(media)
    assert all(parts[0].content == XML for parts in posts)
    assert [parts[-1].name == "*isIncomplete*" for parts in posts] == [True] * (len(posts) - 1) + [False]


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        httpx.Response(404),
        httpx.Response(200, text=LIST.format("")),
        httpx.Response(200, headers=OPENROSA | {"Content-Type": "application/xml"}, text=LIST.format("")),
        httpx.Response(200, headers=OPENROSA, text=LIST.format("<xform><name>F</name></xform>")),
        httpx.Response(200, headers=OPENROSA, text=LIST.format(FORM.format(hash=""))),
        httpx.Response(200, headers=OPENROSA, text="<xforms/>"),
        httpx.Response(200, headers=OPENROSA, text="<xforms"),
    ],
    ids=["500", "404", "no header", "another type", "incomplete", "empty hash", "no namespace", "cut"],
)
def test_a_list_that_is_not_right_deletes_nothing(answer: httpx.Response) -> None:
    tablet = collect(lambda request: answer)
    with pytest.raises(ServerTrouble):
        tablet.synchronise()
    assert tablet.forms.keys() == {"old"}


def test_a_list_that_is_right_deletes_what_it_does_not_name() -> None:
    tablet = collect(lambda request: httpx.Response(200, headers=OPENROSA, text=LIST.format("")))
    assert tablet.synchronise() == []
    assert tablet.forms == {}


def test_a_wrong_hash_is_downloaded_again_each_time() -> None:
    def serve(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/f.xml":
            return httpx.Response(200, content=XML)
        return httpx.Response(200, headers=OPENROSA, text=LIST.format(FORM.format(hash="md5:0")))

    tablet = collect(serve)
    assert [tablet.synchronise() for _ in range(3)] == [["f"]] * 3


def test_a_password_is_given_only_when_it_is_asked_for() -> None:
    tablet = collect(lambda request: httpx.Response(401))
    with pytest.raises(AuthRequired):
        tablet.form_list()


def test_digest_is_the_one_of_the_standard() -> None:
    """RFC 7616, 3.9.1: the example for MD5, with its client nonce."""
    challenge = Challenge("http-auth@example.org", "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "MD5", "", False)
    answer = challenge.answer(
        "GET", "/dir/index.html", "Mufasa", "Circle of Life", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
    )
    assert 'response="8ca523f5e9506fed4657c9700eebdbec"' in answer


def test_the_first_challenge_is_taken() -> None:
    headers = httpx.Headers(
        [
            ("WWW-Authenticate", 'Digest realm="r", nonce="1", qop="auth"'),
            ("WWW-Authenticate", 'Digest realm="r", nonce="2", qop="auth", algorithm=SHA-256, stale=true'),
        ]
    )
    challenge = Challenge.of(Got(401, headers, b""))
    assert challenge is not None
    assert (challenge.nonce, challenge.algorithm, challenge.stale) == ("1", "MD5", False)
