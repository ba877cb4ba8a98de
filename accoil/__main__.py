from accoil.cli import main

main()
