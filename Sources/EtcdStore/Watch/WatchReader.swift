import AsyncHTTPClient
package import ClusterLog
import NIOCore
import Values

/// One watch: opened when the first notice is asked for, and over after an error. Whoever lets go of it ends its request.
///
/// Nothing is read ahead but what one line tells: etcd keeps what is not asked for.
actor WatchReader {
    private enum State {
        case new
        case open(HTTPClientResponse.Body.AsyncIterator)
        case over
    }

    private let client: EtcdClient
    private let prefix: String
    private let revision: Int?
    private var state = State.new
    private var lines: LineSplitter
    /// What was read and not handed out.
    private var notices: ArraySlice<WatchNotice> = []
    private var isOpened = false
    /// What comes after ``notices``.
    private var end: EtcdFault?

    init(_ client: EtcdClient, prefix: String, from revision: Int?) {
        self.client = client
        self.prefix = prefix
        self.revision = revision
        lines = LineSplitter(limit: client.bounds.answer)
    }

    /// The next notice, `nil` once the watch has ended with its error.
    func next() async throws(EtcdError) -> WatchNotice? {
        while true {
            if let notice = notices.popFirst() { return notice }
            if let end {
                self.end = nil
                state = .over
                throw end.meaning
            }
            switch state {
            case .over: return nil
            case .new: await open()
            case .open(let chunks): await read(chunks)
            }
        }
    }

    private func open() async {
        // It is over for whoever asks once more while this is on its way, as nobody does.
        state = .over
        do throws(EtcdFault) {
            guard let endpoint = client.rotation.nextForWatch() else {
                throw .meant(.failed("no member of etcd is known"))
            }
            let body = WatchForm.request(prefix: prefix, from: revision)
            let stream = try await client.transport.stream("/v3/watch", body, from: endpoint)
            state = .open(stream.makeAsyncIterator())
        } catch {
            end = error
        }
    }

    private func read(_ chunks: HTTPClientResponse.Body.AsyncIterator) async {
        var chunks = chunks
        state = .over
        do {
            guard let chunk = try await chunks.next(isolation: self) else {
                end = .meant(.failed("etcd ended the watch"))
                if let line = lines.end() { take([line]) }
                return
            }
            state = .open(chunks)
            take(lines.add(chunk.readableBytesView))
            if lines.isTooLong, end == nil { end = .tooLarge }
        } catch {
            end = EtcdFault(transport: error)
        }
    }

    /// What stands before a line that ends the watch is still told.
    private func take(_ whole: [[UInt8]]) {
        for line in whole {
            do throws(EtcdFault) {
                for notice in try WatchForm.notices(line) {
                    if case .opened = notice { isOpened = true }
                    guard isOpened else { throw .unreadable("word that the watch is open") }
                    notices.append(notice)
                }
            } catch {
                end = error
                return
            }
        }
    }
}

// Watching.
extension EtcdClient {
    /// Each watch has a connection of its own, at another member than the one before it. It is opened when it is first read
    /// from, and its request ends when nobody reads from it any more. Whoever does not read for ``Bounds/silence`` may find
    /// that it has ended.
    package func watch(prefix: String, from revision: Int?) -> AsyncThrowingStream<WatchNotice, any Error> {
        let reader = WatchReader(self, prefix: prefix, from: revision)
        return AsyncThrowingStream { try await reader.next() }
    }
}
