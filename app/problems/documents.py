"""What is wrong with what is published, and with files of interviews."""

from typing import ClassVar

from app.problems.problem import Problem, Retry


class FormHasFaults(Problem):
    slug = "form_has_faults"
    status = 422
    retry: ClassVar[Retry] = "after_fix"
    title = "The form has faults"
    en = "The form was not published: it has {count} faults, listed under 'faults'. Correct them and upload it again."
    id = "Formulir tidak diterbitkan: ada {count} kesalahan (lihat 'faults'). Perbaiki lalu unggah lagi."


class VersionTaken(Problem):
    slug = "version_taken"
    status = 409
    retry: ClassVar[Retry] = "after_fix"
    title = "The version exists with other content"
    en = "{kind} '{name}' version '{version}' is published with other content (published {published_sha256}, offered {offered_sha256}). Versions never change: give the new content a new version."
    id = "{kind} '{name}' versi '{version}' sudah terbit dengan isi lain (terbit {published_sha256}, ditawarkan {offered_sha256}). Versi tidak pernah berubah: pakailah versi baru."


class FileTooLarge(Problem):
    slug = "file_too_large"
    status = 413
    retry: ClassVar[Retry] = "after_fix"
    title = "The file is too large"
    en = "A file may hold {max_file_bytes} bytes. Keep it on the tablet, make it smaller, or report it."
    id = "Satu berkas paling besar {max_file_bytes} bita. Simpan di tablet, perkecil, atau laporkan."


class OffsetDiffers(Problem):
    slug = "offset_differs"
    status = 409
    retry: ClassVar[Retry] = "after_fix"
    title = "The piece does not begin where the file ends"
    en = "{offset} bytes of the file are here. Go on from there; nothing was lost."
    id = "{offset} bita berkas ini sudah diterima. Lanjutkan dari sana; tidak ada yang hilang."


class ChecksumDiffers(Problem):
    slug = "checksum_differs"
    status = 422
    retry: ClassVar[Retry] = "later"
    title = "The file is not what was announced"
    en = "All bytes came, but they are not those that were announced. Nothing was kept; send the file again from its beginning."
    id = "Semua bita tiba, tetapi isinya berbeda dari yang diumumkan. Tidak ada yang disimpan; kirim ulang berkas dari awal."


class TooManyUnclaimed(Problem):
    slug = "too_many_unclaimed"
    status = 429
    retry: ClassVar[Retry] = "later"
    title = "Too many files without their interviews"
    en = "Files whose interviews have not come take all the room meant for them. Send the interviews first, then this file."
    id = "Berkas yang wawancaranya belum tiba sudah memenuhi tempatnya. Kirim wawancaranya dahulu, lalu berkas ini."
    headers: ClassVar[dict[str, str]] = {"Retry-After": "60"}


class ContentLost(Problem):
    slug = "content_lost"
    status = 404
    retry: ClassVar[Retry] = "never"
    title = "The content of the file is gone"
    en = "The file is known, but its content is not in the store: put the folder of attachments back, or have the tablet send it again."
    id = "Berkas ini tercatat, tetapi isinya tidak ada: kembalikan folder lampiran, atau kirim ulang dari tablet."
