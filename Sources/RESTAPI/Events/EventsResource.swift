import Access
import Gateway
import HTTPServer
import HTTPTypes
import Hummingbird
import JobEngine
import OpenAPI
import Values

/// `/events`: what happens, as it happens.
struct EventsResource: Resource {
    let services: GatewayServices
    private var feed: EventFeed { services.scheduler.events }

    init(_ services: GatewayServices) {
        self.services = services
    }

    var routes: [Route] {
        [
            Route(.get, "/events", id: "streamEvents", summary: "Follow what happens", handler: events).with {
                $0.query = Self.filters + [Self.lastEvent] + Self.paging
                $0.produces = [.eventStream, .ndjson, .json]
            }.with(stream),
            Route(
                .get, "/events/page", id: "listEvents", summary: "List what happened, or wait for what happens",
                handler: page
            )
            .with {
                $0.query = Self.filters + Self.paging
                $0.locality = .freshRead
            }
            .answers("events", "EventPage") { $0.schemas = Schema.events },
            Route(
                .get, "/jobs/{job_id}/events", id: "streamJobEvents", summary: "Follow a job to its end",
                handler: jobEvents
            )
            .with {
                $0.query = [Self.lastEvent]
                $0.produces = [.eventStream, .ndjson]
                $0.contract.statuses = [.ok, .noContent]
            }.with(stream),
        ]
    }

    private func stream(_ route: inout Route) {
        route.locality = .freshRead
        route.contract.tag = "events"
        route.contract.media = .eventStream
        route.contract.takes = [.lastEventID]
        route.contract.example = "id: 7.48213\nevent: job.stage\ndata: {\"seq\":48213,\"type\":\"job.stage\"}\n\n"
    }

    private static let filters = [
        QueryParameter(
            "types", .form(.eventTypes),
            text:
                "Only events of these types; commas may stand between them, and a '*' at the end stands for any rest.",
            repeats: true),
        QueryParameter("job_id", .form(.job), text: "Only events about this job."),
    ]
    private static let lastEvent = QueryParameter(
        "last_event_id", .form(.event),
        text: "Begins behind this event; 'now' and 'oldest' are known. Last-Event-ID goes before it.")
    private static let paging = [
        QueryParameter("after", .form(.event), text: "Answers a page behind this event; 'now' and 'oldest' are known."),
        QueryParameter("limit", .int(1...1000), text: "Events of a page; 100 if left out."),
        QueryParameter("wait", .seconds, text: "Waits up to so many seconds, at most 300, when a page would be empty."),
    ]

    // MARK: Streams

    private func events(_ call: Call) async throws -> Response {
        if call.mediaType == .json || call.query["after"] != nil { return try await page(call) }
        let start = try Self.start(call) ?? .now
        return try stream(call, EventReader(feed, try filter(call), from: start), of: nil)
    }

    private func jobEvents(_ call: Call) async throws -> Response {
        // Nothing that happens from here on can be missed: whoever reads from the oldest event reads it, too.
        let job = try await JobsResource(services).visibleJob(call)
        let start = try Self.start(call)
        let filter = EventFilter(job: job.id, owner: try owner(call))
        let reader = EventReader(feed, filter, from: start ?? .oldest)
        if job.isDone {
            // A browser comes back until it is told that there is nothing more.
            if start == nil || !reader.hasMore { return Response(status: .noContent) }
            reader.waker.wake()
        }
        return try stream(call, reader, of: job.id)
    }

    private func stream(_ call: Call, _ reader: EventReader, of job: JobID?) throws -> Response {
        let form = call.mediaType == .ndjson ? EventForm.lines : .eventStream
        let seat = try services.streams.take(for: try call.caller.name)
        call.context.peer.beginStreaming { [weak seat, weak waker = reader.waker] in
            seat?.giveUp()
            waker?.wake()
        }
        let stream = EventStream(
            reader: reader, form: form,
            login: LastingLogin(try call.caller, logins: services.logins, time: services.time), job: job,
            call: call, services: services, seat: seat)
        return Response(
            status: .ok,
            headers: [
                .contentType: form.media.contentType, .cacheControl: "no-store", .accelBuffering: "no",
            ],
            body: ResponseBody(asyncSequence: stream))
    }

    /// Where the caller wants to go on; a browser that comes back names that in a field, its address stays as it was.
    private static func start(_ call: Call) throws(Problem) -> EventStart? {
        if let field = call.request.headers[.lastEventID], !field.isEmpty {
            if let start = EventStart(field) { return start }
            let text = "Last-Event-ID has to be the id of an event, as in 7.48213."
            throw Problem(
                .headerInvalid, text, faults: [.init(.header("Last-Event-ID"), "header-invalid", detail: text)])
        }
        return call.query["last_event_id"].flatMap { EventStart($0) }
    }

    // MARK: Pages

    private func page(_ call: Call) async throws -> Response {
        let start = call.query["after"].flatMap { EventStart($0) } ?? .oldest
        var reader = EventReader(feed, try filter(call), from: start)
        let waiting = Waiting(call, longest: services.settings.longestWait)
        let limit = call.query.int("limit") ?? 100
        let result = await reader.next(limit, atMost: waiting.limit, services.time)
        var members: [String: Value] = ["items": [], "next_after": .string(reader.position.description)]
        switch result {
        case .events(let events):
            members["items"] = .list(events.map { $0.item(epoch: reader.position.epoch, for: reader.filter.owner) })
        case .reset(let reset): members["reset"] = reset.value
        case .nothing, .closed: break
        }
        return Reply.json(.map(members))
    }

    // MARK: Filters

    private func filter(_ call: Call) throws(Problem) -> EventFilter {
        let types = call.query.all("types").flatMap(QueryParameter.Form.words)
        let job = call.query["job_id"].flatMap { JobID($0) }
        return EventFilter(types: types, job: job, owner: try owner(call))
    }

    /// Whose jobs the caller may know of; `nil` for everybody's.
    private func owner(_ call: Call) throws(Problem) -> String? {
        let caller = try call.caller
        return caller.visibleOwner
    }
}

extension HTTPField.Name {
    // Both literals are valid names, so the initializer does not return nil.
    static let lastEventID = HTTPField.Name("Last-Event-ID") ?? .server
    static let accelBuffering = HTTPField.Name("X-Accel-Buffering") ?? .server
}
