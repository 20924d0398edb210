"""What run.json says about what made the run."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from twin.runs import versions


def test_versions_name_the_project_python_and_numpy() -> None:
    import numpy

    found = versions.versions()
    assert found["numpy"] == numpy.__version__
    assert {"twin", "python", "machine"} <= found.keys()


def test_memory_is_in_bytes() -> None:
    assert 5e6 < versions.peak_memory_bytes() < 1e12


def test_the_digest_of_an_own_policy_is_that_of_its_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "acme_policies.py").write_text("class OurReorder: ...\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    digests = versions.policy_digests(["base_stock", "acme_policies:OurReorder"])
    assert set(digests) == {"policies", "acme_policies:OurReorder"}
    assert digests["acme_policies:OurReorder"] == hashlib.sha256(b"class OurReorder: ...\n").hexdigest()


def test_a_module_that_is_not_there_has_no_digest() -> None:
    assert set(versions.policy_digests(["nowhere.at.all:Policy"])) == {"policies"}


def test_the_digest_of_the_package_does_not_depend_on_what_is_asked() -> None:
    assert versions.policy_digests([])["policies"] == versions.policy_digests(["s_S"])["policies"]
