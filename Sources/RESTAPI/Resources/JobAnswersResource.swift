import Gateway
import HTTPTypes
import Hummingbird
import JobEngine
import NIOCore
import OpenAPI
import Values

/// `/jobs/{job_id}/answers/{step}`: what one command of a job answered, also where that is too long for the job's record.
struct JobAnswersResource: Resource {
    private static let piece = 256 << 10

    private let services: GatewayServices
    private let jobs: JobsResource

    init(_ services: GatewayServices) {
        self.services = services
        jobs = JobsResource(services)
    }

    var routes: [Route] {
        [
            Route(
                .get, "/jobs/{job_id}/answers/{step}", id: "getJobAnswer",
                summary: "Get what a command of a job answered",
                handler: get
            )
            .with { $0.locality = .freshRead }
            .answers("jobs", "JobAnswer") {
                $0.pathTexts = ["step": "The place of the command among those of the job, from 0."]
                $0.detail = """
                    In a cluster an answer of more than 1 MiB is in a file of the node that ran the command: the job has its size \
                    and SHA-256 as `stored_answer`, and the node that is asked fetches it. It is kept for 7 days unless newer ones \
                    need the room; 410 afterwards, 503 while its node is away.
                    """
                $0.schemas = [
                    "JobAnswer": Schema.any(
                        "What the command answered; its form depends on the command.",
                        example: [["service": "confd", "level": "notice", "text": "job ended"]])
                ]
            }
        ]
    }

    private func get(_ call: Call) async throws -> Response {
        let job = try await jobs.visibleJob(call)
        let name = call.path("step")
        guard let step = Int(name), job.commands.indices.contains(step) else {
            throw JobError(.objectMissing, "Job \(job.id) has no command \(name.echoed).")
        }
        let command = job.commands[step]
        guard let answer = command.storedAnswer else {
            guard let output = command.output else {
                throw JobError(.objectMissing, "Command \(step) of job \(job.id) has answered nothing.")
            }
            return Reply.json(output)
        }
        let content = try await services.answers.content(answer, of: job.id, step: step, on: command.node)
        return Self.stream(content)
    }

    private static func stream(_ content: AnswerContent) -> Response {
        let body = ResponseBody(contentLength: content.size) { writer in
            var place = 0
            while place < content.size {
                let bytes = try await content.read(from: place, count: min(piece, content.size - place))
                // What was announced cannot be sent: the connection is cut, and the caller sees that something is missing.
                guard !bytes.isEmpty else { throw JobError(.internal, "The file of the answer has become shorter.") }
                try await writer.write(ByteBuffer(bytes: bytes))
                place += bytes.count
            }
            try await writer.finish(nil)
        }
        // Compressing would hold all of it in memory.
        return Response(
            status: .ok,
            headers: [.contentType: ContentType.json.contentType, .cacheControl: "private, no-cache, no-transform"],
            body: body)
    }
}
