import ArgumentParser
import Glibc

/// Standard error, unbuffered.
enum StandardError {
    /// Where it cannot be written, nobody is left to be told.
    static func write(_ text: String) { _ = writeAll(text, to: STDERR_FILENO) }
}

/// Standard output, unbuffered.
enum StandardOutput {
    /// Prints what a command was asked for, and ends the program where that is not possible: it is lost.
    static func write(_ text: String) {
        guard let reason = writeAll(text, to: STDOUT_FILENO) else { return }
        // Nobody reads any more: 'confd settings | head' is no failure.
        if reason == EPIPE { exit(0) }
        StandardError.write("confd: standard output cannot be written: \(String(cString: strerror(reason)))\n")
        exit(ExitCode.ioError.rawValue)
    }

    /// Prints what whoever started the daemon may wait for; answers why that is not possible.
    static func announce(_ text: String) -> String? {
        writeAll(text, to: STDOUT_FILENO).map { String(cString: strerror($0)) }
    }
}

enum StandardStreams {
    /// Opens what the caller has closed of the three standard streams, so that using one fails and reaches nothing else.
    static func occupyClosed() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            // The lowest free number is given out; this way round neither reading nor writing succeeds.
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }
}

/// The number of the error that kept the text from being written.
private func writeAll(_ text: String, to descriptor: Int32) -> Int32? {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
        let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if written < 0, errno == EINTR { continue }
        guard written > 0 else { return written < 0 ? errno : EIO }
        rest = rest.dropFirst(written)
    }
    return nil
}
