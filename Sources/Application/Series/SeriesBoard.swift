package import Series
import Synchronization
package import Values

/// The figures of this node over time, for whoever asks; kept in memory, with a bound.
package final class SeriesBoard: Sendable {
    private let book: Mutex<SeriesBook>
    /// The node this is the board of.
    package let node: Int

    /// - Parameter book: What was kept before the start.
    package init(node: Int = 0, _ book: SeriesBook = SeriesBook()) {
        self.node = node
        self.book = Mutex(book)
    }

    /// Goes on from what was kept before the start.
    package func restore(_ book: SeriesBook) {
        self.book.withLock { $0 = book }
    }

    /// Notes that measuring begins.
    package func begin(at moment: Timestamp) {
        book.withLock { $0.begin(at: moment) }
    }

    /// Takes what was measured.
    ///
    /// - Returns: How many series there was no room for.
    @discardableResult
    package func take(_ values: [SeriesID: Double], at moment: Timestamp) -> Int {
        book.withLock { $0.take(values, at: moment) }
    }

    /// The series there are.
    package var extents: [SeriesBook.Extent] { book.withLock { $0.extents } }

    /// When the daemon of this node was started, ascending, as far as that is kept.
    package var beginnings: [Timestamp] { book.withLock { $0.beginnings } }

    /// The finest steps, in minutes, in which everything from a moment on is known.
    package func finestStep(from moment: Timestamp) -> Int { book.withLock { $0.finestStep(from: moment) } }

    /// A series in a span; `nil` when there is none of that name.
    package func points(of id: SeriesID, _ span: SeriesSpan) -> SeriesPoints? {
        book.withLock { $0.points(of: id, span) }
    }

    /// All of it as a file.
    package var file: [UInt8] {
        // A copy shares its values, so that nobody waits for the file.
        let copy = book.withLock { $0 }
        return copy.file
    }
}
