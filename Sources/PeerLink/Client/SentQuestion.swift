import NIOCore
import Synchronization

/// The body of a request, which knows whether it was asked for: until then the other one has at most a header, and nobody
/// answers a header.
final class SentQuestion: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    let bytes: ByteBuffer
    private let sent = Mutex(false)

    init(_ bytes: [UInt8]) {
        self.bytes = ByteBuffer(bytes: bytes)
    }

    /// Whether some of it may be on its way.
    var wasSent: Bool { sent.withLock { $0 } }

    func makeAsyncIterator() -> Iterator { Iterator(self) }

    struct Iterator: AsyncIteratorProtocol {
        private let question: SentQuestion
        private var isOver = false

        init(_ question: SentQuestion) {
            self.question = question
        }

        mutating func next() async -> ByteBuffer? {
            if isOver { return nil }
            isOver = true
            question.sent.withLock { $0 = true }
            return question.bytes
        }
    }
}
