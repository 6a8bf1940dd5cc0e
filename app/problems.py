"""The one catalogue of problems: what happened, where, and what to do next.

Each class is a problem with a stable slug, rendered once as `application/problem+json` (RFC 9457). The member
`retry` tells a tablet what to do with its copy: `later` (send again as it is), `after_fix` (change the request first)
or `never`. `message` says it to a person, in Bahasa Indonesia and English. A slug is never used for anything else.
"""

from typing import Any, ClassVar, Literal

PROBLEM_CONTENT = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}

Retry = Literal["later", "never", "after_fix"]


class Problem(Exception):
    """One thing that went wrong. Facts given by name fill the texts and become members of the answer."""

    slug: ClassVar[str]
    status: ClassVar[int]
    retry: ClassVar[Retry]
    title: ClassVar[str]
    en: ClassVar[str]
    id: ClassVar[str]
    headers: ClassVar[dict[str, str]] = {}

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        super().__init__(self.slug, facts)

    @property
    def message(self) -> dict[str, str]:
        return {"id": self.id.format(**self.facts), "en": self.en.format(**self.facts)}

    def document(self) -> dict[str, Any]:
        """The answer's body: the RFC 9457 members, `slug`, `retry`, `message` and the facts."""
        return {
            "type": f"/problems/{self.slug}",
            "title": self.title,
            "status": self.status,
            "detail": self.message["en"],
            "slug": self.slug,
            "retry": self.retry,
            "message": self.message,
            **self.facts,
        }

    def __str__(self) -> str:
        return self.message["en"]


class TokenMissing(Problem):
    slug = "token_missing"
    status = 401
    retry: ClassVar[Retry] = "after_fix"
    title = "No valid access token"
    en = "Send a valid access token as 'Authorization: Bearer …'. Nothing was lost: keep the interviews and sign in."
    id = (
        "Kirim token akses yang sah sebagai 'Authorization: Bearer …'. Data tidak hilang: simpan dulu, lalu masuk lagi."
    )
    headers: ClassVar[dict[str, str]] = {"WWW-Authenticate": "Bearer"}


class NotAllowed(Problem):
    slug = "not_allowed"
    status = 403
    retry: ClassVar[Retry] = "never"
    title = "Not allowed for this role"
    en = "The role '{role}' may not do this. Ask an admin for a token with the right role."
    id = "Peran '{role}' tidak berhak melakukan ini. Mintalah token dengan peran yang sesuai kepada admin."


class NotFound(Problem):
    slug = "not_found"
    status = 404
    retry: ClassVar[Retry] = "never"
    title = "Not found"
    en = "There is nothing here under that name, or it is not yours to see."
    id = "Tidak ada apa pun dengan nama itu, atau Anda tidak berhak melihatnya."


class MethodNotAllowed(Problem):
    slug = "method_not_allowed"
    status = 405
    retry: ClassVar[Retry] = "never"
    title = "Method not allowed"
    en = "This address does not answer to that method. See /docs for what it offers."
    id = "Alamat ini tidak melayani metode tersebut. Lihat /docs."


class InvalidRequest(Problem):
    slug = "invalid_request"
    status = 422
    retry: ClassVar[Retry] = "after_fix"
    title = "The request does not have the expected form"
    en = "{where}: {what}"
    id = "Permintaan tidak sesuai bentuk yang diharapkan pada {where}: {what}"


class UnsupportedType(Problem):
    slug = "unsupported_type"
    status = 415
    retry: ClassVar[Retry] = "after_fix"
    title = "Unsupported content type"
    en = "Send JSON with 'Content-Type: application/json'; this was '{content_type}'."
    id = "Kirim JSON dengan 'Content-Type: application/json'; yang diterima '{content_type}'."


class UnsupportedEncoding(Problem):
    slug = "unsupported_encoding"
    status = 415
    retry: ClassVar[Retry] = "after_fix"
    title = "Unsupported content encoding"
    en = "Content-Encoding may be gzip or zstd; this was '{content_encoding}'."
    id = "Content-Encoding hanya boleh gzip atau zstd; yang diterima '{content_encoding}'."


class TruncatedGzip(Problem):
    slug = "truncated_gzip"
    status = 400
    retry: ClassVar[Retry] = "later"
    title = "The compressed body ends too early"
    en = "The gzip body was cut on its way. Nothing was kept; send the same batch again."
    id = "Isi gzip terpotong di jalan. Tidak ada yang disimpan; kirim ulang batch yang sama."


class InvalidGzip(Problem):
    slug = "invalid_gzip"
    status = 400
    retry: ClassVar[Retry] = "later"
    title = "The body is not gzip"
    en = "The body says gzip but cannot be unpacked. Nothing was kept; send the same batch again."
    id = "Isi dinyatakan gzip tetapi tidak dapat dibuka. Tidak ada yang disimpan; kirim ulang batch yang sama."


class TruncatedZstd(Problem):
    slug = "truncated_zstd"
    status = 400
    retry: ClassVar[Retry] = "later"
    title = "The compressed body ends too early"
    en = "The zstd body was cut on its way. Nothing was kept; send the same batch again."
    id = "Isi zstd terpotong di jalan. Tidak ada yang disimpan; kirim ulang batch yang sama."


class InvalidZstd(Problem):
    slug = "invalid_zstd"
    status = 400
    retry: ClassVar[Retry] = "later"
    title = "The body is not zstd"
    en = "The body says zstd but cannot be unpacked. Nothing was kept; send the same batch again."
    id = "Isi dinyatakan zstd tetapi tidak dapat dibuka. Tidak ada yang disimpan; kirim ulang batch yang sama."


class TruncatedJson(Problem):
    slug = "truncated_json"
    status = 400
    retry: ClassVar[Retry] = "later"
    title = "The batch ends too early"
    en = "The batch was cut on its way. Nothing was kept; send the same batch again."
    id = "Batch terpotong di jalan. Tidak ada yang disimpan; kirim ulang batch yang sama."


class InvalidJson(Problem):
    slug = "invalid_json"
    status = 400
    retry: ClassVar[Retry] = "after_fix"
    title = "The body is not a JSON batch"
    en = "The batch cannot be read as JSON: {what}. Nothing was kept."
    id = "Batch tidak dapat dibaca sebagai JSON: {what}. Tidak ada yang disimpan."


class DuplicateKey(Problem):
    slug = "duplicate_key"
    status = 400
    retry: ClassVar[Retry] = "after_fix"
    title = "A member stands twice in the batch"
    en = "The member '{member}' stands twice in the batch, so its meaning is unclear. Nothing was kept."
    id = "Anggota '{member}' tertulis dua kali dalam batch sehingga maknanya tidak jelas. Tidak ada yang disimpan."


class InvalidBatch(Problem):
    slug = "invalid_batch"
    status = 400
    retry: ClassVar[Retry] = "after_fix"
    title = "The batch lacks what every batch has"
    en = "The member '{member}' of the batch {what}. Nothing was kept."
    id = "Anggota '{member}' pada batch tidak sesuai ({what}). Tidak ada yang disimpan."


class TooManyBytes(Problem):
    slug = "too_many_bytes"
    status = 413
    retry: ClassVar[Retry] = "after_fix"
    title = "The batch is too large"
    en = "A batch may hold {max_bytes} bytes after decompression. Split it and send the parts."
    id = "Satu batch paling besar {max_bytes} bita setelah dibuka. Bagilah lalu kirim per bagian."


class BodyTooLarge(Problem):
    slug = "body_too_large"
    status = 413
    retry: ClassVar[Retry] = "after_fix"
    title = "The body is too large for this address"
    en = "The body is larger than this address takes, {max_bytes} bytes. Only batches may be larger."
    id = "Isi permintaan melebihi batas alamat ini, {max_bytes} bita. Hanya batch yang boleh lebih besar."


class TooSlow(Problem):
    slug = "too_slow"
    status = 408
    retry: ClassVar[Retry] = "later"
    title = "The body came too slowly"
    en = "The body did not arrive in time. Nothing was kept; send the same batch again, or a smaller one."
    id = (
        "Kiriman tidak selesai tepat waktu. Tidak ada yang disimpan; kirim ulang batch yang sama atau yang lebih kecil."
    )


class TooMuchAtOnce(Problem):
    slug = "too_much_at_once"
    status = 429
    retry: ClassVar[Retry] = "later"
    title = "Too much at once from one tablet"
    en = "Earlier batches of this tablet are still being kept. Nothing of this one was; send it again when they are answered."
    id = "Batch sebelumnya dari tablet ini masih diproses. Batch ini belum disimpan; kirim lagi setelah yang lain dijawab."
    headers: ClassVar[dict[str, str]] = {"Retry-After": "10"}


class Busy(Problem):
    slug = "busy"
    status = 503
    retry: ClassVar[Retry] = "later"
    title = "The server is busy"
    en = "Too many tablets send at the same time. Nothing of this was kept; send it again a little later."
    id = "Terlalu banyak tablet mengirim bersamaan. Batch ini belum disimpan; kirim lagi sebentar lagi."
    headers: ClassVar[dict[str, str]] = {"Retry-After": "10"}


class TooManyItems(Problem):
    slug = "too_many_items"
    status = 413
    retry: ClassVar[Retry] = "after_fix"
    title = "Too many interviews in one batch"
    en = "A batch may hold {max_items} items. Split it and send the parts."
    id = "Satu batch paling banyak {max_items} wawancara. Bagilah lalu kirim per bagian."


class TooComplex(Problem):
    slug = "too_complex"
    status = 413
    retry: ClassVar[Retry] = "after_fix"
    title = "The batch is nested too much"
    en = "A batch may hold {max_brackets} opening brackets. Split it and send the parts."
    id = "Satu batch paling banyak memuat {max_brackets} kurung buka. Bagilah lalu kirim per bagian."


class BatchReused(Problem):
    slug = "batch_reused"
    status = 409
    retry: ClassVar[Retry] = "after_fix"
    title = "This batch_id was used for other items"
    en = "The batch_id '{batch_id}' was used before with other items. Send these under a new batch_id."
    id = "batch_id '{batch_id}' sudah dipakai untuk isi lain. Kirim isi ini dengan batch_id baru."


class Unavailable(Problem):
    slug = "unavailable"
    status = 503
    retry: ClassVar[Retry] = "later"
    title = "The database cannot promise to keep this now"
    en = "It is not certain that this was kept. Keep your copy and send it again later; sending again is always safe."
    id = "Belum pasti tersimpan. Simpan salinan Anda dan kirim lagi nanti; mengirim ulang selalu aman."
    headers: ClassVar[dict[str, str]] = {"Retry-After": "5"}


class InternalError(Problem):
    slug = "internal_error"
    status = 500
    retry: ClassVar[Retry] = "later"
    title = "The server made a mistake"
    en = "The server made a mistake; it is in the server's log. Keep your copy and send it again later."
    id = "Terjadi kesalahan di peladen dan sudah tercatat. Simpan salinan Anda dan kirim lagi nanti."


class NoInstanceId(Problem):
    slug = "no_instance_id"
    status = 422
    retry: ClassVar[Retry] = "after_fix"
    title = "No usable instance_id"
    en = "This item has no usable instance_id (uuid:…), so it could not be kept. Keep it on the tablet and report it."
    id = "Isian ini tidak mempunyai instance_id (uuid:…) yang sah sehingga tidak disimpan. Biarkan di tablet dan laporkan."


class ItemTooLarge(Problem):
    slug = "item_too_large"
    status = 413
    retry: ClassVar[Retry] = "after_fix"
    title = "The interview is too large"
    en = "One interview may hold {max_item_bytes} bytes. Keep it on the tablet and report it."
    id = "Satu wawancara paling besar {max_item_bytes} bita. Biarkan di tablet dan laporkan."


class UnknownForm(Problem):
    slug = "unknown_form"
    status = 202
    retry: ClassVar[Retry] = "never"
    title = "Held: form or version unknown"
    en = "Kept safe, not counted yet: no form '{form_id}' version '{version}' is published here. A coordinator will see to it."
    id = "Tersimpan aman, belum dihitung: formulir '{form_id}' versi '{version}' belum terbit di sini. Koordinator akan menanganinya."


class UnknownCommunity(Problem):
    slug = "unknown_community"
    status = 202
    retry: ClassVar[Retry] = "never"
    title = "Held: community unknown"
    en = "Kept safe, not counted yet: the answer to '{question}' is missing or not in the register of communities. A coordinator will see to it."
    id = "Tersimpan aman, belum dihitung: jawaban '{question}' kosong atau tidak ada dalam daftar wilayah. Koordinator akan menanganinya."


class UnreadableAnswers(Problem):
    slug = "unreadable_answers"
    status = 202
    retry: ClassVar[Retry] = "never"
    title = "Held: answers cannot be read"
    en = "Kept safe, not counted yet: the answers cannot be read ({reason}). A coordinator will see to it."
    id = "Tersimpan aman, belum dihitung: jawaban tidak dapat dibaca ({reason}). Koordinator akan menanganinya."


class InConflict(Problem):
    slug = "in_conflict"
    status = 202
    retry: ClassVar[Retry] = "never"
    title = "Kept beside another interview"
    en = "Kept safe beside another one that came first and counts meanwhile. A coordinator will decide."
    id = "Tersimpan aman di samping kiriman lain yang datang lebih dulu dan sementara dihitung. Koordinator akan memutuskan."


class Erased(Problem):
    slug = "erased"
    status = 202
    retry: ClassVar[Retry] = "never"
    title = "This interview was erased for good"
    en = "This interview was erased for good by order of the programme. Nothing of it is kept; delete it from the tablet."
    id = (
        "Wawancara ini telah dihapus secara permanen atas perintah program. Tidak ada yang disimpan; hapus dari tablet."
    )


class AlreadySettled(Problem):
    slug = "already_settled"
    status = 409
    retry: ClassVar[Retry] = "after_fix"
    title = "This was settled already"
    en = "Somebody, or the tablet itself, settled this before you. Nothing was changed; look at it again."
    id = "Hal ini sudah diselesaikan lebih dulu oleh orang lain atau oleh tablet. Tidak ada yang diubah; lihat kembali."


class NotUsable(Problem):
    slug = "not_usable"
    status = 409
    retry: ClassVar[Retry] = "after_fix"
    title = "This content cannot count yet"
    en = "This content cannot be chosen while it cannot be used ({reason}). Mend it first, or choose another."
    id = "Isi ini belum dapat dipilih karena belum dapat dipakai ({reason}). Perbaiki dahulu, atau pilih yang lain."


class UnknownFramework(Problem):
    slug = "unknown_framework"
    status = 404
    retry: ClassVar[Retry] = "after_fix"
    title = "No such framework"
    en = "No framework is published under that name and version. Published: {published}."
    id = "Tidak ada kerangka penilaian dengan nama dan versi itu. Yang ada: {published}."


class FaultyFramework(Problem):
    slug = "faulty_framework"
    status = 422
    retry: ClassVar[Retry] = "after_fix"
    title = "The framework has faults"
    en = "The framework has faults ({count}); the first: {first} Nothing was scored; correct them and send it again."
    id = "Ada kesalahan pada kerangka penilaian ({count}); yang pertama: {first} Belum ada yang dinilai; perbaiki lalu kirim lagi."


class AnotherPreview(Problem):
    slug = "another_preview"
    status = 429
    retry: ClassVar[Retry] = "later"
    title = "Another preview is being made"
    en = "A preview reads every interview, so this server makes one at a time. Ask again a little later."
    id = "Pratinjau membaca semua wawancara, jadi peladen hanya membuat satu per satu. Coba lagi sebentar lagi."
    headers: ClassVar[dict[str, str]] = {"Retry-After": "30"}


class StillScoring(Problem):
    slug = "still_scoring"
    status = 409
    retry: ClassVar[Retry] = "later"
    title = "Interviews are still being scored"
    en = "'{framework}' version '{version}' has not scored all kept interviews yet. Release its numbers when it has."
    id = "'{framework}' versi '{version}' belum selesai menilai semua wawancara. Terbitkan angkanya setelah selesai."


class PartialRelease(Problem):
    slug = "partial_release"
    status = 403
    retry: ClassVar[Retry] = "never"
    title = "A release holds all communities"
    en = "Released numbers are of all communities, and you look after some. Ask an admin of all of them to release."
    id = "Angka yang diterbitkan mencakup semua komunitas, sedangkan wewenang Anda hanya sebagian. Mintalah admin seluruh program."


class NotComparable(Problem):
    slug = "not_comparable"
    status = 409
    retry: ClassVar[Retry] = "after_fix"
    title = "These releases cannot be compared"
    en = "One release is of '{a}' and the other of '{b}'. Compare releases of the same framework."
    id = "Satu terbitan memakai '{a}' dan yang lain '{b}'. Bandingkan terbitan dari kerangka penilaian yang sama."


class UnequalVersions(Problem):
    slug = "unequal_versions"
    status = 422
    retry: ClassVar[Retry] = "after_fix"
    title = "Scores of different versions cannot be compared"
    en = "Versions {versions} of the framework score differently, so their difference would say nothing. Ask for one version: it scores all rounds."
    id = "Versi {versions} kerangka ini menilai dengan cara berbeda sehingga selisihnya tidak bermakna. Pilih satu versi: versi itu menilai semua putaran."


class NameTaken(Problem):
    slug = "name_taken"
    status = 409
    retry: ClassVar[Retry] = "after_fix"
    title = "The name is taken"
    en = "'{name}' is taken by somebody who has a valid token or is not yours to enrol. Revoke it first, or choose another name."
    id = "'{name}' sudah dipakai: tokennya masih berlaku, atau bukan wewenang Anda. Cabut dahulu, atau pilih nama lain."


class VersionTaken(Problem):
    slug = "version_taken"
    status = 409
    retry: ClassVar[Retry] = "after_fix"
    title = "The version exists with other content"
    en = "{kind} '{name}' version '{version}' is published with other content (published {published_sha256}, offered {offered_sha256}). Versions never change: give the new content a new version."
    id = "{kind} '{name}' versi '{version}' sudah terbit dengan isi lain (terbit {published_sha256}, ditawarkan {offered_sha256}). Versi tidak pernah berubah: pakailah versi baru."


def answers(*problems: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """The answers that tell these problems, by status, as OpenAPI describes them."""
    told: dict[int | str, dict[str, Any]] = {}
    for problem in problems:
        told.setdefault(problem.status, {"description": "", "content": PROBLEM_CONTENT})
        told[problem.status]["description"] += f"`{problem.slug}`: {problem.title}. "
    return told


def catalogue() -> list[type[Problem]]:
    """Every problem, in the order of this file."""
    return Problem.__subclasses__()
