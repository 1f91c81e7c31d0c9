import Access
import Application
import Gateway
import HTTPServer
import Hummingbird
import JobEngine
import NIOCore
import Values

/// What one reader is sent, piece by piece: each piece is made when the connection has room for it.
///
/// So a reader that takes nothing costs the place where it stands, and nothing is made for it.
struct EventStream: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    let reader: EventReader
    let form: EventForm
    /// Whose stream it is, and whether that user still may have it.
    let login: LastingLogin
    /// Ends the stream with this job.
    let job: JobID?
    /// The request it answers.
    let call: Call
    let services: GatewayServices
    /// Held as long as the stream lasts.
    let seat: StreamLimiter.Seat

    func makeAsyncIterator() -> Iterator { Iterator(stream: self) }

    struct Iterator: AsyncIteratorProtocol {
        /// Events of one piece at most: enough to fill a packet or more, little enough to hold for a reader who stalls.
        private static let pieceLength = 64

        private let stream: EventStream
        private var reader: EventReader
        private var login: LastingLogin
        private var hasBegun = false
        private var isOver = false

        fileprivate init(stream: EventStream) {
            self.stream = stream
            reader = stream.reader
            login = stream.login
        }

        mutating func next() async -> ByteBuffer? {
            if isOver || stream.seat.isGivenUp { return nil }
            if !hasBegun {
                hasBegun = true
                return stream.form.opening
            }
            let result = await reader.next(Self.pieceLength)
            if result == .closed { return nil }
            // Behind the wait, which may have been long.
            if let problem = await refusal() { return problem }
            switch result {
            case .events(let events): return piece(of: events.filter(reader.filter.admits))
            case .reset(let reset):
                stream.services.metrics.eventResets[reset.reason.rawValue].increment()
                var buffer = ByteBuffer()
                stream.form.write("reset", reset.value.map ?? [:], id: reset.resumeAt, into: &buffer)
                return buffer
            case .nothing: return stream.seat.isGivenUp || Task.isCancelled ? nil : await silence()
            case .closed: return nil
            }
        }

        private mutating func piece(of events: [Event]) -> ByteBuffer {
            if events.isEmpty { return stream.form.keepAlive }
            var buffer = ByteBuffer()
            for event in events {
                stream.form.write(event, epoch: reader.position.epoch, for: reader.filter.owner, into: &buffer)
                if case .ended(let subject, _, _) = event.fact, subject.id == stream.job {
                    end(at: EventID(epoch: reader.position.epoch, number: event.number), into: &buffer)
                    break
                }
            }
            return buffer
        }

        /// What is sent when nothing has happened; after a reset the end of the job may have gone by unseen.
        private mutating func silence() async -> ByteBuffer {
            guard let job = stream.job, await stream.services.scheduler.hasEnded(job), !reader.hasMore else {
                return stream.form.keepAlive
            }
            var buffer = ByteBuffer()
            end(at: reader.position, into: &buffer)
            return buffer
        }

        private mutating func end(at id: EventID, into buffer: inout ByteBuffer) {
            isOver = true
            let members = stream.job.map { ["job_id": Value.string($0.description)] } ?? [:]
            stream.form.write("end", members, id: id, into: &buffer)
        }

        /// The last piece for somebody whose login, or whose right, has come to its end, and for everybody where this node does
        /// not hear any more what happens.
        private mutating func refusal() async -> ByteBuffer? {
            if let refusal = Freshness(stream.services).refusal { return end(with: refusal) }
            do throws(AccessError) {
                try await login.check()
                reader.filter.owner = login.principal.visibleOwner
                return nil
            } catch {
                return end(with: Problem(error))
            }
        }

        private mutating func end(with problem: Problem) -> ByteBuffer {
            isOver = true
            var buffer = ByteBuffer()
            let value = problem.value(
                instance: stream.call.request.uri.path, requestID: stream.call.context.requestID)
            stream.form.write("problem", value.map ?? [:], id: nil, into: &buffer)
            return buffer
        }
    }
}

extension JobScheduler {
    /// Whether nothing more will happen to a job; a job that nobody knows any more counts as ended.
    nonisolated func hasEnded(_ id: JobID) async -> Bool {
        do throws(JobError) {
            return try await record(id).isDone
        } catch {
            return error.code == .jobNotFound || error.code == .jobExpired
        }
    }
}
