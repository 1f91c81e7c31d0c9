import EXAConf
import Foundation
import NodeAgent
import Support
import Testing

@testable import confd

/// What a first start makes of the files of the certificate that it finds.
struct FirstCertificateTests {
    private struct Files {
        let certificate, key: String

        init(_ installation: Installation) {
            certificate = installation.root.etc + "/ssl/ssl.crt"
            key = installation.root.etc + "/ssl/ssl.key"
        }

        func content() throws -> [String] {
            try [certificate, key].map { try String(contentsOfFile: $0, encoding: .utf8) }
        }
    }

    private func withInstallation(_ body: (Installation, Document, Files) throws -> Void) throws {
        try withFolder { folder in
            let installation = Installation(root: folder.path)
            try installation.makeFolders()
            var random = SystemRandomNumberGenerator()
            try body(installation, Document.fresh(using: &random), Files(installation))
        }
    }

    @Test func aStartThatWasCutOffBetweenTheTwoIsMadeUpFor() throws {
        try withInstallation { installation, document, files in
            try installation.makeCertificate(for: document, node: 11)
            let former = try files.content()
            try FileManager.default.removeItem(atPath: files.key)
            #expect(installation.makesCertificate(for: document))
            try installation.makeCertificate(for: document, node: 11)
            let made = try files.content()
            #expect(made[0] != former[0] && made[1] != former[1])
            #expect(!installation.makesCertificate(for: document))
        }
    }

    @Test func aKeyOrACertificateThatSomebodyPutThereStays() throws {
        try withInstallation { installation, document, files in
            try Data("somebody's".utf8).write(to: URL(fileURLWithPath: files.key))
            #expect(!installation.makesCertificate(for: document))
            try FileManager.default.removeItem(atPath: files.key)
            try Data("somebody's".utf8).write(to: URL(fileURLWithPath: files.certificate))
            #expect(!installation.makesCertificate(for: document))
        }
    }

    @Test func oneThatWasUsedIsNotMadeAnewWhenItsKeyIsLost() throws {
        try withInstallation { installation, document, files in
            try installation.makeCertificate(for: document, node: 11)
            try Data("kept".utf8).write(to: URL(fileURLWithPath: KeptIdentity(installation.root).path))
            try FileManager.default.removeItem(atPath: files.key)
            #expect(!installation.makesCertificate(for: document))
        }
    }
}
