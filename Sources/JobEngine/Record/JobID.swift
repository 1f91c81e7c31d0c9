/// Names one job for ever: the number of the node that took it and a counter, written `11.89`.
package struct JobID: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The id of the node that took the job.
    package let node: Int
    /// One more than the job before it, reads and volatile jobs counted.
    package let number: Int

    /// The number of a new job has to come from the store, which gives none out twice.
    package init(node: Int, number: Int) {
        self.node = node
        self.number = number
    }

    /// The id a text names, `nil` unless it is two decimal numbers with a point between them.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let node = Self.number(parts[0]), let number = Self.number(parts[1]) else { return nil }
        self.init(node: node, number: number)
    }

    private static func number(_ digits: some StringProtocol) -> Int? {
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(digits)
    }

    package var description: String { "\(node).\(number)" }

    /// By counter first, which is the order in which jobs were taken.
    package static func < (left: JobID, right: JobID) -> Bool {
        (left.number, left.node) < (right.number, right.node)
    }
}
