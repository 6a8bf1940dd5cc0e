"""ODK Validate, the reference reader of XForms, which is Collect's own code, opens what we serve."""

import shutil
import subprocess
from pathlib import Path

import pytest
import pyxform

from app.forms.xform import compile_xform
from tests.forms.test_instances_lose_nothing import FORMS, document_of

JAR = Path(pyxform.__file__).parent / "validators" / "odk_validate" / "bin" / "ODK_Validate.jar"
JAVA = shutil.which("java")


@FORMS
@pytest.mark.skipif(JAVA is None, reason="there is no Java on this machine")
@pytest.mark.skipif(not JAR.is_file(), reason="this pyxform brings no ODK_Validate.jar")
def test_odk_validate_opens_it(name: str, tmp_path: Path) -> None:
    file = tmp_path / "form.xml"
    file.write_bytes(compile_xform(document_of(name)).xml)
    done = subprocess.run([str(JAVA), "-jar", JAR, file], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
