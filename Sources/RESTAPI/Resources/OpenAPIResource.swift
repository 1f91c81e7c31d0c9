import Gateway
import HTTPTypes
import Hummingbird
import JobEngine
import OpenAPI
import Values

/// `/openapi.yaml`, `/openapi.json` and `/openapi-3.1.json`: the REST API described for programs; without login.
struct OpenAPIResource: Resource {
    private let described: [Route]
    private let services: GatewayServices
    private let rendered = RenderedCatalogue<DocumentForms>()

    /// - Parameter resources: What is described beside these routes themselves.
    init(describing resources: [any Resource], _ services: GatewayServices) {
        described = resources.flatMap(\.routes)
        self.services = services
    }

    var routes: [Route] {
        [
            route(
                "/openapi.yaml", id: "getOpenAPIYAML", summary: "Get this document as YAML", type: .yaml, form: \.yaml
            )
            .answers("server", "OpenAPIDocument") {
                $0.media = .yaml; $0.isValidated = true
            },
            route(
                "/openapi.json", id: "getOpenAPIJSON", summary: "Get this document as JSON", type: .json, form: \.json
            )
            .answers("server", "OpenAPIDocument") { $0.isValidated = true },
            route(
                "/openapi-3.1.json", id: "getOpenAPI31", summary: "Get this document in the form of OpenAPI 3.1",
                type: .json, form: \.json31
            )
            .answers("server", "OpenAPIDocument") { $0.isValidated = true },
        ]
    }

    private func route(
        _ path: String, id: String, summary: String, type: ContentType,
        form: @escaping @Sendable (DocumentForms) -> [UInt8]
    ) -> Route {
        Route(.get, path, id: id, summary: summary) { call in
            Reply.validated(
                call, form(rendered.form(of: services.scheduler.catalogue) { DocumentForms(document(of: $0)) }),
                as: type)
        }.with {
            $0.access = .open
            $0.locality = .anyNode
            $0.produces = []
        }
    }

    /// The document of everything, this resource included.
    var document: OpenAPIDocument { document(of: services.scheduler.catalogue) }

    private func document(of catalogue: JobCatalogue) -> OpenAPIDocument {
        OpenAPIDocument(routes: described + routes, catalogue: catalogue, version: services.settings.version)
    }
}

/// The forms the document is served in.
struct DocumentForms: Sendable {
    let yaml: [UInt8]
    let json: [UInt8]
    let json31: [UInt8]

    init(_ document: OpenAPIDocument) {
        yaml = Array(document.yaml.utf8)
        json = JSON.bytes(document.value)
        json31 = JSON.bytes(document.value31)
    }
}
