import Access
import Glibc

/// A password from whoever runs a command.
enum PasswordInput {
    /// More than any password crypt(3) takes.
    private static let limit = 4096

    /// Asks twice on a terminal, without showing what is typed; else takes the first line of standard input.
    ///
    /// - Throws: ``Failure`` when nothing comes, both differ, or it is no password.
    static func read() throws(Failure) -> Password {
        guard isatty(STDIN_FILENO) == 1 else { return try checked(line()) }
        let first = try checked(ask("New password: "))
        let second = ask("The same again: ")
        guard first.withBytes({ Array($0) }) == second else { throw Failure("The two are not the same.", .badData) }
        return first
    }

    /// A word nobody is to see: asked for on a terminal, without showing what is typed; else the first line of standard input.
    static func word(_ prompt: String) -> String {
        let bytes = isatty(STDIN_FILENO) == 1 ? ask(prompt) : line()
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func checked(_ bytes: [UInt8]) throws(Failure) -> Password {
        guard (1...511).contains(bytes.count), String(validating: bytes, as: UTF8.self) != nil,
            bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else { throw Failure("A password has 1 to 511 bytes of UTF-8 without control characters.", .badData) }
        return Password(bytes: bytes)
    }

    private static func ask(_ prompt: String) -> [UInt8] {
        var shown = termios()
        tcgetattr(STDIN_FILENO, &shown)
        var hidden = shown
        hidden.c_lflag &= ~tcflag_t(ECHO)
        // What was typed before is dropped, so this comes before the question.
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
        StandardError.write(prompt)
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown)
            StandardError.write("\n")
        }
        return line()
    }

    // Byte for byte: what stands behind the line is somebody else's.
    private static func line() -> [UInt8] {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while bytes.count < limit, Glibc.read(STDIN_FILENO, &byte, 1) == 1, byte != UInt8(ascii: "\n") {
            bytes.append(byte)
        }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        return bytes
    }
}
