/// A version such as `8.29.6`, `7.2.0-dev2` or `6.0.12-d1`, in the order of the format.
package struct Version: Sendable, Hashable, Comparable, CustomStringConvertible {
    private static let suffixes = ["dev": -4, "alpha": -3, "beta": -2, "rc": -1, "p": 1]

    /// The text as it was read.
    package let description: String
    /// The numbers in front of any suffix.
    package let numbers: [Int]
    private let rank: Rank

    private struct Rank: Hashable {
        var suffix = 0
        var suffixNumber = 0
        var build = -1
        /// Text of a suffix nobody knows; it stands above everything with the same numbers in front.
        var unknown: String?
    }

    /// Reads dotted numbers with an optional suffix and build number; nil when no number starts the text.
    package init?(_ text: String) {
        var scanner = ByteScanner(text)
        guard let first = scanner.digits().flatMap({ Int($0) }) else { return nil }
        var numbers = [first]
        while !scanner.isAtEnd {
            var ahead = scanner
            guard ahead.take("."), let digits = ahead.digits() else { break }
            guard let number = Int(digits) else { return nil }
            numbers.append(number)
            scanner = ahead
        }
        guard text.utf8.count <= 128, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        description = text
        self.numbers = numbers
        rank = Self.rank(scanner)
    }

    private static func rank(_ scanner: ByteScanner) -> Rank {
        var rank = Rank()
        var ahead = scanner
        let separated = ahead.take("-") || ahead.take("_") || ahead.take(".")
        if let word = ahead.letters(), let known = suffixes[word], separated || word == "p" {
            rank.suffix = known
            if let digits = ahead.digits() { rank.suffixNumber = Int(digits) ?? Int.max }
        } else {
            ahead = scanner
        }
        var behind = ahead
        if behind.take("-"), behind.take("d"), let digits = behind.digits() {
            rank.build = Int(digits) ?? Int.max
            ahead = behind
        }
        guard ahead.isAtEnd else { return Rank(unknown: scanner.rest) }
        return rank
    }

    package static func == (left: Version, right: Version) -> Bool {
        left.significant == right.significant && left.rank == right.rank
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(significant)
        hasher.combine(rank)
    }

    package static func < (left: Version, right: Version) -> Bool {
        let pairs = max(left.numbers.count, right.numbers.count) + 1
        for index in 0..<pairs {
            let (one, other) = (left.component(index), right.component(index))
            if one != other { return one < other }
        }
        let (one, other) = (left.rank, right.rank)
        return (one.unknown ?? "", one.suffix, one.suffixNumber, one.build)
            < (other.unknown ?? "", other.suffix, other.suffixNumber, other.build)
    }

    // Zeros at the end do not make a difference: 8.0 and 8.0.0 are one version.
    private var significant: ArraySlice<Int> {
        guard rank.unknown == nil else { return numbers[...] }
        let last = numbers.lastIndex { $0 != 0 }
        return numbers[...(last ?? 0)]
    }

    private func component(_ index: Int) -> Int {
        index < numbers.count ? numbers[index] : rank.unknown == nil ? 0 : Int.max
    }
}
