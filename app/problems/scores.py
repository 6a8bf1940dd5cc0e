"""What is wrong with a question to the scores, or with a framework."""

from typing import ClassVar

from app.problems.problem import Problem, Retry


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
