"""The files of deployment say what the product needs, and keep its secrets out."""

from __future__ import annotations

import re
import tomllib

import pytest
import yaml

from erp.kernel.settings import Settings, setting_names
from tests.deploy.files import (
    ROOT,
    is_ignored,
    read_compose,
    read_stages,
    read_unit,
    told_of,
    unknown_settings,
)

SECRETS = ("PASS", "SECRET", "TOKEN", "PEPPER")
UNITS = ("erp.service", "erp-worker.service")
CLOUD_RUN = (ROOT / "docs" / "cloud-run.md").read_text()


def values_in(words: list[list[str]]) -> dict[str, str]:
    return dict(word.split("=", 1) for each in words for word in each)


def test_the_image_runs_as_nobody_special_and_hands_its_process_over():
    last = read_stages()[-1]

    [user] = told_of(last, "USER")
    added = told_of(last, "RUN")[0]
    assert user == ["erp"]
    assert added[:2] == ["useradd", "--system"]
    assert told_of(last, "ENTRYPOINT") == [["entrypoint.sh"]]
    assert told_of(last, "CMD") == [["serve"]]
    assert told_of(last, "STOPSIGNAL") == [["SIGTERM"]]
    assert [name for name, _ in last].index("USER") < [name for name, _ in last].index("ENTRYPOINT")


def test_the_image_can_back_up_the_database_of_compose():
    [installing] = told_of(read_stages()[-1], "RUN")[1:]
    server = read_compose()["services"]["db"]["image"].partition(":")[2].partition(".")[0]

    assert f"postgresql-client-{server}" in installing


def test_entrypoint_and_command_are_written_in_the_exec_form():
    text = (ROOT / "Dockerfile").read_text()

    assert re.findall(r"^(?:ENTRYPOINT|CMD) (.)", text, re.MULTILINE) == ["[", "["]
    assert 'CMD ["entrypoint.sh", "healthy"]' in text


def test_the_entrypoint_hands_its_process_to_the_product():
    path = ROOT / "deploy" / "entrypoint.sh"
    lines = [line.strip() for line in path.read_text().splitlines() if line.strip()]

    assert path.stat().st_mode & 0o111 == 0o111
    assert lines[-1] == 'exec erp "${@:-serve}"'


def test_the_image_listens_on_the_port_it_is_told_and_sets_only_what_is_a_setting():
    last = read_stages()[-1]
    given = values_in(told_of(last, "ENV"))
    script = (ROOT / "deploy" / "entrypoint.sh").read_text()

    assert (given["HOST"], given["PORT"]) == ("0.0.0.0", "8080")
    assert told_of(last, "EXPOSE") == [[given["PORT"]]]
    assert f'os.environ.get("PORT", "{given["PORT"]}")' in script
    assert unknown_settings(set(given)) == set()
    assert [name for name in given if any(word in name for word in SECRETS)] == []


def test_every_file_the_image_copies_is_there_and_not_ignored():
    copied = [
        word
        for stage in read_stages()
        for words in told_of(stage, "COPY")
        if not words[0].startswith("--from")
        for word in words[:-1]
        if word != "."
    ]

    assert len(copied) > 4
    assert [word for word in copied if not (ROOT / word).exists()] == []
    assert [word for word in copied if is_ignored(word)] == []


def test_nothing_the_package_is_built_of_is_ignored():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    told = project["project"]
    needed = ["pyproject.toml", told["readme"], "LICENSE", "hatch_build.py", "ui/build.py"]
    package = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    sources = [path.relative_to(ROOT).as_posix() for path in (ROOT / package[0]).rglob("*.py")]

    assert len(sources) > 100
    assert [path for path in needed if not (ROOT / path).exists()] == []
    assert [path for path in [*needed, *sources] if is_ignored(path)] == []


@pytest.mark.parametrize(
    "path", [".env", ".git/config", "data/erp.db", "deploy/compose.env", "ui/node_modules/x.js"]
)
def test_what_is_private_or_bulk_stays_out_of_the_image(path):
    assert is_ignored(path)


def test_the_ui_that_is_built_lands_where_it_is_served_from():
    vite = (ROOT / "ui" / "vite.config.ts").read_text()
    first, second, *_ = read_stages()
    [copied] = [words for words in told_of(second, "COPY") if words[0] == "--from=ui"]

    assert "../src/erp/web/static" in vite
    assert told_of(first, "WORKDIR") == [["/app/ui"]]
    assert copied[1:] == ["/app/src/erp/web/static", "src/erp/web/static"]


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_runs_as_its_own_user_restarts_and_may_write_its_data_alone(name):
    service = read_unit(name)["Service"]

    assert service["User"] == "erp"
    assert service["Restart"] == "always"
    assert service["ProtectSystem"] == "strict"
    assert service["NoNewPrivileges"] == "true"
    assert service["ReadWritePaths"] == service["WorkingDirectory"] == "/var/lib/erp"
    assert int(service["TimeoutStopSec"]) > 10  # longer than an orderly stop takes
    assert values_in([[service["Environment"]]]) == {"DATA_DIR": "/var/lib/erp"}
    assert unknown_settings({"DATA_DIR"}) == set()


def test_each_unit_runs_its_verb_of_the_same_program():
    started = [read_unit(name)["Service"]["ExecStart"] for name in UNITS]

    assert started == ["/opt/erp/bin/erp serve", "/opt/erp/bin/erp worker"]


def test_nginx_asks_the_server_by_its_service_and_lets_the_largest_body_through():
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    image = values_in(told_of(read_stages()[-1], "ENV"))

    [megabytes] = re.findall(r"client_max_body_size (\d+)m;", text)
    assert f"server api:{image['PORT']};" in text
    assert int(megabytes) * 2**20 >= Settings(environment="local").max_batch_bytes
    assert {"Host", "X-Forwarded-For", "X-Forwarded-Proto"} <= set(
        re.findall(r"proxy_set_header (\S+)", text)
    )
    assert text.count("{") == text.count("}")


def cloud_run_values() -> dict[str, str]:
    [written] = re.findall(r"cat > env.yaml <<EOF\n(.*?)\nEOF", CLOUD_RUN, re.DOTALL)
    found: dict[str, str] = yaml.safe_load(written)
    return found


def test_cloud_run_is_given_settings_that_exist_and_secrets_by_reference_alone():
    values = cloud_run_values()
    [secrets] = re.findall(r"^SECRETS=(\S+)$", CLOUD_RUN, re.MULTILINE)
    named = {each.partition("=")[0] for each in secrets.split(",")}

    assert unknown_settings({*values, *named}) == set()
    assert {name for name in values if any(word in name for word in SECRETS)} == set()
    assert named == {"SECRET_KEY", "DB_PASS", "SMTP_PASS"}
    assert (values["ENVIRONMENT"], values["EMBEDDED_WORKER"]) == ("cloud_run", "off")


def test_the_settings_of_cloud_run_pass_the_products_own_check():
    given = {name.lower(): value for name, value in cloud_run_values().items()}
    given["instance_conn_name"] = "my-project:europe-west1:erp"

    settings = Settings.model_validate(
        given | {"secret_key": "kP3-x9Qm_Zt7Lw2Rv8Yb5Nc1Hd6Jf4Gs0", "db_pass": "p@ss/#"}
    )

    settings.ensure_safe()
    assert settings.url.query["host"] == "/cloudsql/my-project:europe-west1:erp"
    assert settings.url.host is None


def test_the_cloud_run_commands_probe_what_needs_no_database_and_stay_within_connections():
    [served] = re.findall(r"gcloud run deploy erp .*?(?:\n\n|```)", CLOUD_RUN, re.DOTALL)
    words = dict(re.findall(r'--([a-z-]+) "?([^\s"]+)', served))

    assert words["startup-probe"].startswith("httpGet.path=/health/live,")
    assert words["liveness-probe"].startswith("httpGet.path=/health/live,")
    pool = int(cloud_run_values()["DB_POOL_SIZE"])
    assert (int(words["max-instances"]) + 1) * pool <= 100 - 10  # the worker is one more
    assert "roles/cloudsql.client roles/secretmanager.secretAccessor" in CLOUD_RUN
    assert "--args worker" in CLOUD_RUN


def test_the_sample_settings_of_the_units_exist():
    assert {"DATA_DIR", "HOST", "PORT"} <= set(setting_names())
