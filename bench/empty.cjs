// The program against which start-up is measured.
