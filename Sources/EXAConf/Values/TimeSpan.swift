/// A duration in the form `1w 3d`; in an expiry, zero means never.
package struct TimeSpan: Sendable, Hashable, Comparable, CustomStringConvertible {
    private static let units: [(letter: Unicode.Scalar, seconds: Int)] = [
        ("w", 604_800), ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1),
    ]

    /// Never negative.
    package let seconds: Int

    /// A duration of so many seconds; nil below zero.
    package init?(seconds: Int) {
        guard seconds >= 0 else { return nil }
        self.seconds = seconds
    }

    /// Reads weeks, days, hours, minutes and seconds in that order, each optional; a number alone counts seconds.
    ///
    /// The empty text is zero; nil for anything else and for more than 2^63 seconds.
    package init?(_ text: String) {
        var scanner = ByteScanner(Blanks.trimmed(text))
        var total = 0
        var next = 0
        while !scanner.isAtEnd {
            guard let count = scanner.digits().flatMap({ Int($0) }) else { return nil }
            var unit = Self.units.indices.first { $0 >= next && scanner.take(Self.units[$0].letter) }
            if unit == nil, scanner.isAtEnd, next < Self.units.count { unit = Self.units.count - 1 }
            guard let unit else { return nil }
            let (product, tooMany) = count.multipliedReportingOverflow(by: Self.units[unit].seconds)
            let (sum, overflow) = total.addingReportingOverflow(product)
            guard !tooMany, !overflow else { return nil }
            total = sum
            next = unit + 1
            scanner.skipBlanks()
        }
        seconds = total
    }

    /// The parts that are not zero, joined with blanks; `0s` for none.
    package var description: String {
        var rest = seconds
        var parts: [String] = []
        for unit in Self.units where rest >= unit.seconds {
            parts.append("\(rest / unit.seconds)\(unit.letter)")
            rest %= unit.seconds
        }
        return parts.isEmpty ? "0s" : parts.joined(separator: " ")
    }

    package static func < (left: TimeSpan, right: TimeSpan) -> Bool { left.seconds < right.seconds }
}
