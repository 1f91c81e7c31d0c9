@testable import Jobs
@testable import NodeAgent
@testable import confd

extension Reader {
    private static let yamlWords = [
        "- ", ": ", "? ", "[", "]", "{", "}", "&a ", "*a", "!!int ", "!!binary ", "|\n  ", ">\n  ", "---\n", "...\n",
        "'",
        "\"", "<<: ", "~", "null", "true", ".inf", "0x", "59:59", "9223372036854775807:00", "\t", "#", "\n  ",
        "%YAML 1.2\n",
    ]

    static let settings = Reader(
        "settings",
        ["http:\n  port: 20003\n  bind: '0.0.0.0'\naccess: {exaadm_grants: own}\n", "a: &x {b: 1}\nc: *x\nd: ~\n"],
        words: yamlWords + ["http:", "port:", "limits:"], longest: 1024
    ) { text in
        guard let entries = try? SettingsFile.entries(in: Array(text.utf8), of: "confd.yaml") else { return }
        for entry in entries {
            for kind in SettingKind.allCases { _ = entry.content(as: kind) }
        }
    }

    static let jobManifest = Reader(
        "job-manifest",
        [
            """
            summary: Greets somebody.
            mode: modify
            allowed_groups: [exaadm]
            parameters:
              - name: who
                type: str
                text: Who.
                mandatory: true
              - {name: count, type: int, text: How often., default: 1}
            example: {who: "you"}
            locks: [{key: 'greet:{who}'}]
            limits: {seconds: 30}
            """
        ],
        words: yamlWords + [
            "summary:", "parameters:", "name:", "type:", "default:", "locks:", "shared", "{who}", "list",
        ],
        longest: 1024
    ) { text in
        guard let value = try? JobFolder.manifest(Array(text.utf8), of: "job.yaml") else { return }
        _ = try? JobManifest(value, name: "greet").definition
    }
}
