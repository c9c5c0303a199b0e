#!/usr/bin/env python3
"""Regenerates dictionary.tsv and uids.tsv from the tables of PS3.6 as Debian's python3-pydicom carries them.

Run it only to take over a newer edition of the standard:

    /usr/bin/python3 dicom/src/build/dictionary.py dicom/src/main/resources/org/myonode/dicom

dictionary.tsv: tag (eight hex digits, x where a repeating group varies), VR, VM, keyword, name, "retired" or nothing.
uids.tsv: UID, keyword, type, name, "retired" or nothing. Entries without a keyword are left out.
"""

import sys
from pathlib import Path

from pydicom._dicom_dict import DicomDictionary, RepeatersDictionary
from pydicom._uid_dict import UID_dictionary


def main(folder: Path) -> None:
    elements = {f"{tag:08X}": entry for tag, entry in DicomDictionary.items()}
    elements.update({tag.replace("X", "x"): entry for tag, entry in RepeatersDictionary.items()})
    with open(folder / "dictionary.tsv", "w", encoding="utf-8", newline="\n") as out:
        for tag in sorted(elements):
            vr, vm, name, retired, keyword = elements[tag]
            if keyword:
                print(tag, vr, vm, keyword, name, "retired" if retired else "", sep="\t", file=out)
    with open(folder / "uids.tsv", "w", encoding="utf-8", newline="\n") as out:
        for uid in sorted(UID_dictionary, key=lambda u: [int(part) for part in u.split(".")]):
            name, kind, _, retired, keyword = UID_dictionary[uid]
            if keyword:
                print(uid, keyword, kind, name, "retired" if retired else "", sep="\t", file=out)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
