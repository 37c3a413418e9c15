"""The configuration behind the web interface."""

from pathlib import Path
import socket

from homeassistant.util.yaml import load_yaml_dict
import pytest

from playground.configuration import configuration
from playground.develop import main, write_configuration
from playground.house_file import read_house
from playground.run import BAD_INPUT, HOMES


def test_home_assistant_reads_the_configuration(tmp_path: Path) -> None:
    house = read_house(HOMES / "villa.yaml")
    write_configuration(tmp_path, house)
    config = load_yaml_dict(str(tmp_path / "configuration.yaml"))
    assert {domain: config[domain] for domain in configuration(house)} == configuration(house)
    assert "assist_pipeline" in config
    trusted = config["homeassistant"]["auth_providers"][0]["trusted_networks"]
    assert trusted == ["127.0.0.1", "::1"]


def test_custom_components_are_where_an_installation_has_them(tmp_path: Path) -> None:
    house = read_house(HOMES / "cottage.yaml")
    for _ in range(2):
        write_configuration(tmp_path, house)
        for name in ("home_llm", "virtual_house"):
            assert (tmp_path / "custom_components" / name / "manifest.json").is_file()


def test_a_bad_house_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--home", str(tmp_path / "none.yaml")]) == BAD_INPUT
    assert "it cannot be read" in capsys.readouterr().err


def test_a_port_in_use_is_told(
    socket_enabled: None, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert main(["--config", str(tmp_path), "--port", str(port)]) == BAD_INPUT
    assert f"Port {port} is in use" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
