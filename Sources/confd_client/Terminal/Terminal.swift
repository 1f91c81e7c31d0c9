import Glibc

/// The process's own streams.
enum Terminal {
    static var hasTerminalForErrors: Bool { isatty(STDERR_FILENO) == 1 }

    /// Opens what the caller has closed of the three standard streams, so that using one fails and reaches nothing else.
    static func occupyClosedStreams() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            // The lowest free number is given out; this way round neither reading nor writing succeeds.
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }

    /// Prints on standard output, and ends the program where that is not possible: what was asked for is lost.
    static func write(_ text: String) {
        end(after: write(text, to: STDOUT_FILENO))
    }

    /// Ends the program where standard output could not be written.
    private static func end(after error: Int32?) {
        guard let reason = error else { return }
        // Nobody reads any more: 'confd_client list | head' is no failure.
        if reason == EPIPE { exit(0) }
        writeError("Standard output cannot be written: \(String(cString: strerror(reason))).\n")
        exit(Failure.Code.lost.number)
    }

    /// The same for text with colours, which a terminal without them, and anything else, gets without.
    static func write(_ text: Styled, on display: Display) {
        guard display.hasColours else { return write(text.text(hasColours: false)) }
        end(after: draw(text.text(hasColours: true), on: STDOUT_FILENO))
    }

    /// Where standard error cannot be written, nobody is left to be told.
    static func writeError(_ text: String) { _ = write(text, to: STDERR_FILENO) }

    /// Others wrote much of what we print, and a terminal obeys what it shows.
    private static func write(_ text: String, to descriptor: Int32) -> Int32? {
        draw(isatty(descriptor) == 1 ? harmless(text) : text, on: descriptor)
    }

    /// The text with each control character but line ends and tabs spelled out, as in `^[[31m`.
    static func harmless(_ text: String) -> String {
        var harmless = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x09, 0x0A: harmless.append(scalar)
            case 0..<0x20, 0x7F: harmless.append(contentsOf: ["^", Unicode.Scalar(UInt8(scalar.value ^ 0x40))])
            case 0x80..<0xA0: harmless.append("\u{FFFD}")
            default: harmless.append(scalar)
            }
        }
        return String(harmless)
    }

    /// Writes text as it is; answers the number of the error that kept it from being written.
    @discardableResult
    static func draw(_ text: String, on descriptor: Int32 = STDERR_FILENO) -> Int32? {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { return written < 0 ? errno : EIO }
            rest = rest.dropFirst(written)
        }
        return nil
    }

    /// The content of a file, or with `-` of standard input.
    static func read(_ path: String) throws(Failure) -> String {
        let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .usage("\(path) cannot be read: \(String(cString: strerror(errno))).") }
        defer { if descriptor != STDIN_FILENO { close(descriptor) } }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .usage("\(path) cannot be read: \(String(cString: strerror(errno))).") }
            if count == 0 { break }
            bytes += chunk[..<count]
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .usage("\(path) is no text in UTF-8.") }
        return text
    }

    /// Asks on the terminal without showing what is typed; `nil` when there is no terminal.
    ///
    /// - Throws: ``Failure`` when what is typed is no text.
    static func askSecretly(_ prompt: String) throws(Failure) -> String? {
        let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC)
        guard terminal >= 0 else { return nil }
        defer { close(terminal) }
        var shown = termios()
        guard tcgetattr(terminal, &shown) == 0 else { return nil }
        var hidden = shown
        hidden.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(terminal, TCSAFLUSH, &hidden)
        defer {
            tcsetattr(terminal, TCSAFLUSH, &shown)
            draw("\n", on: terminal)
        }
        draw(prompt, on: terminal)
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while Glibc.read(terminal, &byte, 1) == 1, byte != 0x0A { line.append(byte) }
        guard let text = String(validating: line, as: UTF8.self) else {
            throw .usage("What was typed is no text in UTF-8.")
        }
        return text
    }
}
