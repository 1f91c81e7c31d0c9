/// Reads a history as its bytes come, and judges it; only a line is kept at a time.
package struct HistoryReading: Sendable {
    /// What it comes to.
    package var checker = HistoryChecker()
    /// How many lines were taken.
    package private(set) var lines = 0
    private var begun: [UInt8] = []

    /// Nothing was read yet.
    package init() {}

    /// Takes what was read next.
    ///
    /// - Throws: What is wrong with the line behind those in ``lines``.
    package mutating func take(_ bytes: some Sequence<UInt8>) throws(HistoryFault) {
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                try takeLast()
            } else {
                guard begun.count < HistoryEvent.longestLine else { throw .tooLong }
                begun.append(byte)
            }
        }
    }

    /// Takes a last line that has no end.
    ///
    /// - Throws: What is wrong with it.
    package mutating func takeLast() throws(HistoryFault) {
        if begun.isEmpty { return }
        checker.take(try HistoryEvent(line: begun))
        begun.removeAll(keepingCapacity: true)
        lines += 1
    }
}
