import ArgumentParser
import Gateway
import JobEngine
import Jobs

struct OpenAPICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "openapi", abstract: "Print the OpenAPI document of the REST face as YAML.",
        discussion: "Needs no configuration and no running daemon; it is what the daemon serves at /openapi.yaml.")

    func run() async throws {
        let gateway = Gateway(.describing(.confd, version: Version.text))
        StandardOutput.write(gateway.document.yaml)
    }
}
