"""What is wrong with one interview, or with what a coordinator says of it."""

from typing import ClassVar

from app.problems.problem import Problem, Retry


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
