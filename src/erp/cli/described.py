"""A sentence about each setting, by what it is about; samples stand where there is no default."""

from typing import NamedTuple


class Described(NamedTuple):
    """What a setting is for. `sample` is what a line shows instead of the default."""

    sentence: str
    sample: str | None = None


SECTIONS: dict[str, dict[str, Described]] = {
    "what it is and what protects it": {
        "ENVIRONMENT": Described(
            "local on your own machine; production, cloud_run or proxy refuse unsafe settings.",
        ),
        "SECRET_KEY": Described(
            "Signs what the server hands out; at least 32 random characters, such as openssl rand "
            "-base64 48 makes.",
        ),
        "PREVIOUS_SECRET_KEYS": Described(
            "Keys that were in use before, comma-separated: what they signed stays valid "
            "until it expires.",
        ),
        "ALGORITHM": Described(
            "How it is signed.",
        ),
        "APP_NAME": Described(
            "What the product calls itself in mails and in the API's documentation.",
        ),
    },
    "where it listens and where people find it": {
        "HOST": Described(
            "The address to listen on; 0.0.0.0 is every network of the machine.",
        ),
        "PORT": Described(
            "The port to listen on.",
        ),
        "PUBLIC_BASE_URL": Described(
            "What people type into the browser; links in mails and the check of origins use "
            "it. Https in production.",
            "http://127.0.0.1:8000",
        ),
        "TRUSTED_PROXIES": Described(
            "Networks of the reverse proxies whose X-Forwarded-For is believed, comma-separated.",
            "10.0.0.0/8",
        ),
        "CORS_ORIGINS": Described(
            "Other sites whose pages may call the API, comma-separated.",
            "https://shop.example.com",
        ),
        "FRONTEND_URL": Described(
            "One more such site, under the name an older system gave it.",
            "https://shop.example.com",
        ),
        "FRONTEND_URL_8081": Described(
            "And another.",
            "http://localhost:8081",
        ),
        "COMPAT_APIS": Described(
            "Older APIs to serve under /compat/, comma-separated.",
            "cloud-erp,medicalcare,task-hub",
        ),
        "MAX_BODY_BYTES": Described(
            "The largest request body in bytes.",
        ),
        "MAX_BATCH_BYTES": Described(
            "The largest body of a batch in bytes; 5,000 tasks with short descriptions take "
            "about 2 MB.",
        ),
        "MAX_UPLOAD_BYTES": Described(
            "The largest file that can be imported, in bytes.",
        ),
    },
    "data": {
        "DATA_DIR": Described(
            "Where the embedded database and other files live.",
        ),
        "DATABASE_URL": Described(
            "A database by address; unset means DB_* below, or else SQLite in DATA_DIR.",
            "postgresql://erp_app:secret@db.example.com:5432/erp",
        ),
        "MIGRATION_DATABASE_URL": Described(
            "The same database as the role that owns the tables and migrates; unset means "
            "one role does all.",
            "postgresql://erp_owner:secret@db.example.com:5432/erp",
        ),
        "BACKUP_DATABASE_URL": Described(
            "The same database as a role with BYPASSRLS that makes backups; unset means the one "
            "that migrates.",
            "postgresql://erp_backup:secret@db.example.com:5432/erp",
        ),
        "BACKUP_DIR": Described(
            "Where backups go; unset means the folder backups in DATA_DIR.",
            "data/backups",
        ),
        "NIGHTLY_BACKUPS": Described(
            "Whether the worker makes a backup each night and keeps 14; auto means on SQLite, and "
            "on PostgreSQL with BACKUP_DATABASE_URL.",
        ),
        "DB_HOST": Described(
            "A PostgreSQL server by its parts; a password may hold any character.",
            "127.0.0.1",
        ),
        "DB_PORT": Described(
            "Its port.",
        ),
        "DB_NAME": Described(
            "Its database.",
            "erp",
        ),
        "DB_USER": Described(
            "The role to connect as; the system's user if unset.",
            "erp_app",
        ),
        "DB_PASS": Described(
            "The password of that role.",
        ),
        "DB_SOCKET_DIR": Described(
            "With ENVIRONMENT=cloud_run: the folder of the database sockets.",
        ),
        "INSTANCE_CONN_NAME": Described(
            "With ENVIRONMENT=cloud_run: the instance, as project:region:name.",
            "project:region:name",
        ),
        "DB_POOL_SIZE": Described(
            "Connections each process keeps open at most.",
        ),
        "MIGRATE_ON_START": Described(
            "Whether the server brings the database to the version of the code when it starts.",
        ),
    },
    "signing in": {
        "ACCESS_TOKEN_MINUTES": Described(
            "How long an access token lives, in minutes.",
        ),
        "REFRESH_TOKEN_DAYS": Described(
            "After how many days without use a session ends.",
        ),
        "SESSION_DAYS": Described(
            "After how many days a session ends in any case.",
        ),
        "COOKIE_SECURE": Described(
            "Whether cookies are sent over https only; unset means as PUBLIC_BASE_URL says.",
            "true",
        ),
        "COOKIE_DOMAIN": Described(
            "Has no effect and is named so that old files load: cookies belong to one host.",
        ),
        "EMAIL_VERIFICATION": Described(
            "Whether a sign-up must prove its e-mail address; unset means in production.",
            "required",
        ),
        "ENABLE_PASSWORD_FORM": Described(
            "Whether documentation pages may sign in by the OAuth2 password form; unset "
            "means not in production.",
            "true",
        ),
        "EXPOSE_OTP": Described(
            "Whether answers show codes that are else mailed; refused in production.",
        ),
        "PASSWORD_COMPOSITION": Described(
            "Whether passwords under 15 characters need an uppercase letter and a digit: on "
            "or off.",
        ),
        "PASSWORD_MEMORY_KIB": Described(
            "Memory one password hash takes, in KiB.",
        ),
        "PASSWORD_TIME_COST": Described(
            "Rounds one password hash takes.",
        ),
        "ACE_API_URL": Described(
            "Where a company directory (ACE) checks passwords, https; unset means that "
            "nobody signs in by it.",
            "https://ace.example.com/api/login",
        ),
        "ACE_PROJECTS_URL": Described(
            "Where it lists an account's projects; unset means `projects` beside ACE_API_URL.",
            "https://ace.example.com/api/projects",
        ),
        "ACE_API_TOKEN": Described(
            "The service token that the list of projects asks for.",
        ),
        "DIRECTORY_UNIFORM_ERRORS": Described(
            "Whether an unknown directory account is answered like a wrong password, so "
            "that nobody can tell.",
        ),
        "PASSWORD_PEPPER": Described(
            "A secret of 32 and more characters, kept outside of the database, that goes "
            "into every new password hash.",
        ),
        "PREVIOUS_PASSWORD_PEPPERS": Described(
            "Peppers that were in use before, comma-separated: a hash made with one is "
            "renewed at the next sign-in.",
        ),
        "API_REQUESTS_PER_MINUTE": Described(
            "How many API requests a minute one person or API key may send to one process; "
            "0 means any number.",
        ),
        "API_BURST": Described(
            "How many of them may come at once.",
        ),
    },
    "mail and background work": {
        "SMTP_HOST": Described(
            "The mail server; unset means that mails become files in MAIL_DIR.",
            "smtp.example.com",
        ),
        "SMTP_PORT": Described(
            "Its port.",
        ),
        "SMTP_USER": Described(
            "The account there.",
        ),
        "SMTP_PASS": Described(
            "The password of that account.",
        ),
        "SMTP_TLS": Described(
            "How the connection is secured.",
        ),
        "MAIL_FROM": Described(
            "The sender of every mail.",
        ),
        "MAIL_DIR": Described(
            "Where mails go as .eml files; unset means the folder mail in DATA_DIR.",
            "data/mail",
        ),
        "EMBEDDED_WORKER": Described(
            "Whether the server runs background jobs itself; auto means locally and on SQLite.",
        ),
    },
    "defaults of a new organization": {
        "CURRENCY": Described(
            "The currency, as an ISO 4217 code.",
        ),
        "TIME_ZONE": Described(
            "The time zone, as an IANA name.",
        ),
    },
    "watching it": {
        "OPS_TOKEN": Described(
            "Opens the details of /health to who sends it as a bearer token.",
        ),
        "LOG_LEVEL": Described(
            "The least important lines to log.",
        ),
        "LOG_FORMAT": Described(
            "How lines look; auto chooses by terminal.",
        ),
        "DEBUG": Described(
            "Shows more when something fails; refused in production.",
        ),
    },
}
