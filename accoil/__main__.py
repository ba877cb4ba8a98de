from accoil.cli import console

console()
