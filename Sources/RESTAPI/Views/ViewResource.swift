import Gateway
import Hummingbird
import JobEngine
import OpenAPI
import Values

/// The routes of a view, made from its declaration and the job catalogue.
struct ViewResource: Resource {
    let services: GatewayServices
    private let operations: [ServedOperation]

    init(_ view: View, _ services: GatewayServices) {
        self.services = services
        operations = view.operations.compactMap { ServedOperation($0, of: view, in: services.scheduler.catalogue) }
    }

    var routes: [Route] { operations.map { $0.operation.isRead ? reading($0) : changing($0) } }

    private func reading(_ served: ServedOperation) -> Route {
        route(served) { call in
            try await ViewReading(served: served, services: services).response(to: call)
        }.with {
            $0.query = served.queryParameters
            $0.deprecation = served.operation.deprecation
            $0.contract.isValidated = true
        }
    }

    private func changing(_ served: ServedOperation) -> Route {
        route(served) { call in
            try await ViewChange(served: served, services: services).response(to: call)
        }.with {
            $0.query = [.wait, .dryRun, .reason] + served.queryParameters
            $0.body = served.operation.hasBody ? .json : .none
            Contract.submission(&$0.contract)
            $0.contract.request = served.requestSchema
            $0.contract.needsBody = !served.required.isEmpty
        }
    }

    private func route(_ served: ServedOperation, handler: @escaping Route.Handler) -> Route {
        let typed = TypedSubmission(served.definition)
        return Route(
            served.operation.method, served.path, id: served.id, summary: served.definition.summary, handler: handler
        )
        .answers(served.view.tag, served.answerSchema) {
            $0.detail = "By the job `\(served.definition.name)`.\n\n\(typed.description)"
            $0.rights = typed.rights
            $0.pathTexts = served.pathTexts
            $0.schemas = served.schemas
        }
    }
}
