"""What happens at any door: who asks, for what, and how the server is."""

from typing import ClassVar

from app.problems.problem import Problem, Retry


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


class AddressRefused(Problem):
    slug = "address_refused"
    status = 403
    retry: ClassVar[Retry] = "after_fix"
    title = "The address holds no valid token"
    en = "The token in this address has expired or was revoked. Nothing was lost: keep the interviews and ask your coordinator for a new QR code."
    id = "Token di alamat ini sudah kedaluwarsa atau dicabut. Data tidak hilang: simpan dulu, lalu mintalah kode QR baru kepada koordinator."


class PasswordMissing(Problem):
    slug = "password_missing"
    status = 401
    retry: ClassVar[Retry] = "after_fix"
    title = "No valid name and password"
    en = "Give the name of this tablet and, as its password, the token. Nothing was lost: keep the interviews and sign in."
    id = "Isikan nama tablet ini dan tokennya sebagai kata sandi. Data tidak hilang: simpan dulu, lalu masuk lagi."


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


class NameTaken(Problem):
    slug = "name_taken"
    status = 409
    retry: ClassVar[Retry] = "after_fix"
    title = "The name is taken"
    en = "'{name}' is taken by somebody who has a valid token or is not yours to enrol. Revoke it first, or choose another name."
    id = "'{name}' sudah dipakai: tokennya masih berlaku, atau bukan wewenang Anda. Cabut dahulu, atau pilih nama lain."
