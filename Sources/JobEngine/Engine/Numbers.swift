/// Gives out the numbers of jobs and rules, none of them twice.
///
/// A job that is stored keeps its number by that. For what leaves no trace under its number a block is reserved in the
/// log; blocks grow while they are asked for, so that a quiet daemon leaves a small gap behind.
struct Numbers: Sendable, Hashable {
    private var next: Int
    private var reserved: Int
    private var block = 100
    private static let largestBlock = 3_200
    /// While the log takes nothing, what leaves no trace has a number all the same; after a restart another may have it.
    var isLogFull = false

    /// - Parameter next: The lowest number that was never given out nor reserved.
    init(next: Int) {
        self.next = next
        reserved = next - 1
    }

    /// A number for something that is stored under it in the same batch.
    mutating func take() -> Int {
        defer { next += 1 }
        return next
    }

    /// A number for something that leaves no trace under it.
    ///
    /// - Returns: With it the end of a new block that has to be in the log first, if there has to be one.
    mutating func takeUntraced() -> (number: Int, reservation: Int?) {
        let number = take()
        guard number > reserved, !isLogFull else { return (number, nil) }
        reserved = number + block - 1
        block = min(block * 2, Self.largestBlock)
        return (number, reserved)
    }
}
