import Access
import EXAConf
import Gateway
import HTTPServer
import HTTPTypes
import Hummingbird
import JobEngine
import Values

/// `/exaconf`: the configuration of the cluster as it was decided last.
struct EXAConfResource: Resource {
    let services: GatewayServices

    init(_ services: GatewayServices) {
        self.services = services
    }

    var routes: [Route] {
        [
            Route(
                .get, "/exaconf", id: "getEXAConf", summary: "Get the configuration, secrets left out below root",
                handler: get
            )
            .with {
                $0.access = .administrators
                $0.locality = .freshRead
                $0.produces = [.json, .text]
                $0.query = [.waitForChange]
            }
            .answers("configuration", "EXAConf") {
                $0.isValidated = true; $0.headers = [.confdRevision, .lastModified]
            },
            validatingRoute,
        ] + changingRoutes
    }

    /// With the tag of the revision in force and a wait, the one after it as soon as there is one.
    private func get(_ call: Call) async throws -> Response {
        let waiting = Waiting(call, longest: services.settings.longestWait)
        let known = services.scheduler.configuration
        if waiting.seconds > 0, EntityTag(of: known.record).matches(call.request.headers[.ifNoneMatch]) {
            await services.scheduler.wait(forRevisionAfter: known.revision, atMost: waiting.limit)
        }
        return try current(call)
    }

    private func current(_ call: Call) throws -> Response {
        let configuration = services.scheduler.configuration
        let isRoot = try call.caller.isRoot
        let tag = EntityTag(of: configuration.record)
        let document = isRoot ? configuration.document : configuration.document.redacted()
        let text = isRoot ? configuration.record.text : document.text
        let bytes = call.mediaType == .text ? Array(text.utf8) : JSON.bytes(document.value)
        var response = Reply.validated(call, bytes, as: call.mediaType, tag: tag)
        response.headers[.confdRevision] = String(configuration.revision)
        response.headers[.lastModified] = HTTPDate.text(configuration.record.at.milliseconds / 1000)
        return response
    }
}

extension Document {
    /// Sections as objects in objects, by the text of their headers, and their keys as texts.
    var value: Value { Self.value(of: root) }

    private static func value(of section: Section) -> Value {
        var members: [String: Value] = [:]
        for entry in section.entries { members[entry.key] = .string(entry.value) }
        for child in section.sections { members[child.name.description] = value(of: child) }
        return .map(members)
    }
}
