/// A place in the order of events, written `7.48213`: where a reader goes on.
package struct EventID: Sendable, Hashable, CustomStringConvertible {
    /// Another one in each term of office: the numbers of two epochs cannot be compared.
    package let epoch: Int
    /// The number of the last event a reader knows; 0 for none.
    package let number: Int

    /// The place behind an event of an epoch.
    package init(epoch: Int, number: Int) {
        self.epoch = epoch
        self.number = number
    }

    /// The place a text names, `nil` unless it is two decimal numbers with a point between them.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let epoch = Self.number(parts[0]), let number = Self.number(parts[1]) else {
            return nil
        }
        self.init(epoch: epoch, number: number)
    }

    private static func number(_ digits: some StringProtocol) -> Int? {
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(digits)
    }

    package var description: String { "\(epoch).\(number)" }
}

/// Where a reader begins.
package enum EventStart: Sendable, Hashable {
    /// Behind the newest event: only what happens from now on.
    case now
    /// With the oldest event that is kept.
    case oldest
    /// Behind an event the reader knows.
    case after(EventID)
}

extension EventStart {
    /// The place a caller names, `nil` for a text that names none.
    package init?(_ text: String) {
        switch text {
        case "now": self = .now
        case "oldest": self = .oldest
        default:
            guard let id = EventID(text) else { return nil }
            self = .after(id)
        }
    }
}
