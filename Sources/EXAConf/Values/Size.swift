/// A number of bytes in the form `4 GiB`.
package struct Size: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Never negative.
    package let bytes: Int

    /// A size of so many bytes; nil below zero.
    package init?(bytes: Int) {
        guard bytes >= 0 else { return nil }
        self.bytes = bytes
    }

    /// Reads digits, an optional fraction, an optional unit (`K` … `Y`), `i` for steps of 1024, an optional `B`; letters
    /// may be of either case.
    ///
    /// Nil for anything else and for more than 2^63 bytes.
    package init?(_ text: String) {
        var scanner = ByteScanner(Blanks.trimmed(text))
        guard let number = Self.number(&scanner) else { return nil }
        scanner.skipBlanks()
        guard let factor = Self.factor(&scanner), scanner.isAtEnd else { return nil }
        let (product, overflow) = number.units.multipliedReportingOverflow(by: factor)
        guard !overflow, let bytes = Int(exactly: product / number.divisor) else { return nil }
        self.bytes = bytes
    }

    /// A size as it was given, in letters that every reader of the file takes: others know a small `i` alone.
    ///
    /// - Parameter text: A size.
    static func stored(_ text: String) -> String { text.replacing("I", with: "i") }

    /// Whole mebibytes, rounded down.
    package var mebibytes: Int { bytes >> 20 }

    /// At most four decimals and the largest unit that keeps the number below 1024 before rounding.
    package var description: String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"]
        var step = 0
        while step + 1 < units.count, bytes >> (10 * step) >= 1024 { step += 1 }
        let divisor = UInt128(1) << UInt128(10 * step)
        let scaled = (UInt128(bytes) * 10_000 * 2 + divisor) / (divisor * 2)
        var decimals = String(scaled % 10_000 + 10_000).dropFirst()
        while decimals.last == "0" { decimals.removeLast() }
        return "\(scaled / 10_000)\(decimals.isEmpty ? "" : ".")\(decimals) \(units[step])"
    }

    package static func < (left: Size, right: Size) -> Bool { left.bytes < right.bytes }

    private static func number(_ scanner: inout ByteScanner) -> (units: UInt128, divisor: UInt128)? {
        guard var units = scanner.digits().flatMap({ $0.count <= 20 ? UInt128($0) : nil }) else { return nil }
        guard scanner.take(".") else { return (units, 1) }
        guard let fraction = scanner.digits() else { return nil }
        var divisor: UInt128 = 1
        // Nine decimals are finer than a byte up to GiB; more would only overflow.
        for digit in fraction.utf8.prefix(9) {
            units = units * 10 + UInt128(digit - UInt8(ascii: "0"))
            divisor *= 10
        }
        return (units, divisor)
    }

    private static func factor(_ scanner: inout ByteScanner) -> UInt128? {
        let letters = Array("KMGTPEZY".utf8)
        guard let byte = scanner.peek, let index = letters.firstIndex(of: byte & 0xDF) else {
            scanner.takeByteLetter()
            return 1
        }
        scanner.advance()
        let base: UInt128 = scanner.take("i") || scanner.take("I") ? 1024 : 1000
        scanner.takeByteLetter()
        return (0...index).reduce(1) { power, _ in power * base }
    }
}

extension ByteScanner {
    fileprivate mutating func takeByteLetter() {
        if !take("B") { take("b") }
    }
}
