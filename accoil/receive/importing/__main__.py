"""The reader's process."""

from accoil.receive.importing.reader import main

main()
