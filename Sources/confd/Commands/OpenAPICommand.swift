import ArgumentParser
import Gateway
import JobEngine
import Jobs
import OpenAPI
import RESTAPI
import Values

struct OpenAPICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "openapi", abstract: "Print the OpenAPI document of the REST API.",
        discussion: "Needs no configuration and no running daemon; it is what the daemon serves at /openapi.yaml.")

    /// The forms the daemon serves.
    enum Form: String, ExpressibleByArgument, CaseIterable {
        case yaml
        case json
        case json31 = "json-3.1"
    }

    @Option(help: "What to print: OpenAPI 3.0.3 as yaml or json, or json-3.1.")
    var form = Form.yaml

    func run() async throws {
        let document = RESTAPI.document(.describing(.confd, version: Version.text))
        switch form {
        case .yaml: StandardOutput.write(document.yaml)
        case .json: StandardOutput.write(JSON.text(document.value) + "\n")
        case .json31: StandardOutput.write(JSON.text(document.value31) + "\n")
        }
    }
}
