import Testing

@testable import confd_client

struct TerminalTests {
    @Test(arguments: [
        ("name:\tDB1\n", "name:\tDB1\n"), ("größe ✓", "größe ✓"), ("\u{1B}[2J\r\u{7F}", "^[[2J^M^?"),
        ("\u{0}\u{9B}31m", "^@\u{FFFD}31m"), ("a\r\nb", "a^M\nb"),
    ])
    func whatATerminalWouldObeyIsSpelledOut(text: String, shown: String) {
        #expect(Terminal.harmless(text) == shown)
    }
}
