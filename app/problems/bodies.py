"""What is wrong with a body of interviews as a whole: nothing of it was kept."""

from typing import ClassVar

from app.problems.problem import Problem, Retry


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


class TruncatedFormData(Problem):
    slug = "truncated_form_data"
    status = 400
    retry: ClassVar[Retry] = "later"
    title = "The form data end too early"
    en = "What was sent was cut on its way. Nothing was kept; send it again."
    id = "Kiriman terpotong di jalan. Tidak ada yang disimpan; kirim ulang."


class InvalidFormData(Problem):
    slug = "invalid_form_data"
    status = 400
    retry: ClassVar[Retry] = "after_fix"
    title = "The form data cannot be read"
    en = "Interviews come as multipart/form-data with a part 'xml_submission_file', and here {what}. Nothing was kept; report it."
    id = "Isian dikirim sebagai multipart/form-data dengan bagian 'xml_submission_file', tetapi kiriman ini tidak sesuai ({what}). Tidak ada yang disimpan; laporkan."


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


class TruncatedXml(Problem):
    slug = "truncated_xml"
    status = 400
    retry: ClassVar[Retry] = "later"
    title = "The interview ends too early"
    en = "The interview was cut on its way. Nothing was kept; send it again."
    id = "Isian terpotong di jalan. Tidak ada yang disimpan; kirim ulang isian yang sama."


class InvalidXml(Problem):
    slug = "invalid_xml"
    status = 400
    retry: ClassVar[Retry] = "after_fix"
    title = "The interview is not XML that can be read"
    en = "The interview cannot be read as XML: {what}. Nothing was kept; keep it on the tablet and report it."
    id = "Isian tidak dapat dibaca sebagai XML: {what}. Tidak ada yang disimpan; biarkan di tablet dan laporkan."


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
