import EXAConf
import Foundation

/// Public samples that lie beside a checkout on some machines; tests that need them run only there.
enum SharedFolder {
    /// The folder, `nil` where there is none.
    static let url: URL? = {
        let beside = URL(filePath: #filePath).appending(path: "../../../../shared").standardized
        let named = ProcessInfo.processInfo.environment["CONFD_SHARED"].map { URL(filePath: $0) }
        return [named, beside].compactMap { $0 }.first { FileManager.default.fileExists(atPath: $0.path()) }
    }()

    /// Names of the sample configurations, sorted.
    static let samples: [String] = {
        let names = url.flatMap {
            try? FileManager.default.contentsOfDirectory(atPath: $0.appending(path: folder).path())
        }
        return (names ?? []).filter { $0.hasSuffix(".conf") }.sorted()
    }()

    /// One of the samples.
    static func sample(_ name: String) throws -> Document? {
        guard let url else { return nil }
        return try Document(parsing: Array(Data(contentsOf: url.appending(path: "\(folder)/\(name)"))))
    }

    /// The catalogue of jobs as JSON, `nil` without the folder or a Python that reads YAML.
    static func catalogue() -> Data? {
        guard let file = url?.appending(path: "reference/confd-jobs.yaml") else { return nil }
        let program =
            "import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1]))['jobs'], sys.stdout, default=str)"
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", program, file.path()]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil, let data = try? output.fileHandleForReading.readToEnd() else { return nil }
        process.waitUntilExit()
        return process.terminationStatus == 0 ? data : nil
    }

    private static let folder = "reference/exaconf-samples"
}
