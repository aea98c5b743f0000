"""Setting up a device: its bundle, downloaded once, and the letter with a code for each who needs one."""

import io
import re
import zipfile
from pathlib import Path

from tests.cloud.asking import ask
from tests.cloud.running import Cloud, draft
from tests.registration.person import Person


async def test_a_bundle_is_made_by_a_button_and_downloaded_once(cloud: Cloud, researcher: Person) -> None:
    household = await cloud.add_household(draft())
    device = household["measurement_devices"][0]["uuid"]
    home = f"/household/{household['uuid']}/device/{device}"

    page = await researcher.send(home)
    assert "Dear Erika Mustermann," in page.words
    assert 'class="qr"' in page.text
    assert (
        "http://zaehler.local/ If nothing opens: http://zaehler.local:8080/" in page.words
    )  # as the page of the device is found
    codes = re.findall(r'class="slip">([^<]+)<', page.text)
    assert len({*codes}) == 2
    letter, _, sheet = page.text.partition("For the set-up")
    assert (codes[0] in letter, codes[1] in letter, codes[1] in sheet) == (True, False, True)
    bundle = await researcher.send(f"{home}/bundle")

    assert bundle.headers["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(bundle.content)) as archive:
        assert {"ca.pem", "device.key", "device.pem", "edge.toml"} == set(archive.namelist())
    again = await researcher.send(f"{home}/bundle")
    assert "No bundle waits here" in again.words


async def test_a_downloaded_bundle_lets_its_device_in(cloud: Cloud, tmp_path: Path, researcher: Person) -> None:
    household = await cloud.add_household(draft())
    home = f"/household/{household['uuid']}/device/{household['measurement_devices'][0]['uuid']}"
    await researcher.send(home)
    bundle = await researcher.send(f"{home}/bundle")
    zipfile.ZipFile(io.BytesIO(bundle.content)).extractall(tmp_path / "bundle")

    async with cloud.device(tmp_path / "bundle") as client:
        status, account = await ask(client, "GET", "/account")

    assert (status, account["email"]) == (200, "erika@example.org")


async def test_a_revoked_household_gets_no_bundle(cloud: Cloud, tmp_path: Path, researcher: Person) -> None:
    household = await cloud.add_household(draft())
    device = household["measurement_devices"][0]["uuid"]
    bundle = await cloud.provision(device, tmp_path / "bundle")
    async with cloud.device(bundle) as client:
        await ask(client, "POST", "/household/consent")
        await ask(client, "DELETE", "/household/consent")

    page = await researcher.send(f"/household/{household['uuid']}/device/{device}")

    assert page.path == f"/registration/household/{household['uuid']}"
