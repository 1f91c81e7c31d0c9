import Foundation
import Testing

@testable import NodeAgent

/// Who may enter what of an installation.
struct TreeModesTests {
    @Test func foldersOfATreeOfBeforeGetTheirModesAndAreToldOnce() throws {
        let place = try TemporaryInstallation()
        let (root, files) = (place.root, FileManager.default)
        let volume = root.data + "/volumes/3"
        try files.createDirectory(atPath: volume, withIntermediateDirectories: true)
        for path in [root.directory, root.etc, volume] {
            try files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        }
        try place.write("id", to: root.nodeUUID)
        let changed = try TreeModes(root).settle()
        #expect(Set(changed).isSuperset(of: [root.directory, root.etc, root.nodeUUID, volume]))
        #expect(place.mode(root.directory) == 0o711 && place.mode(root.data + "/volumes") == 0o711)
        #expect(place.mode(root.etc) == 0o700 && place.mode(volume) == 0o700 && place.mode(root.nodeUUID) == 0o600)
        #expect(try TreeModes(root).settle().isEmpty)
    }

    @Test func aFolderIsMadeClosedBelowFoldersOthersPass() throws {
        let place = try TemporaryInstallation()
        try Folder.make(place.root.logs + "/databases/ONE", below: place.root.directory, for: nil)
        #expect(place.mode(place.root.logs) == 0o711 && place.mode(place.root.logs + "/databases") == 0o711)
        #expect(place.mode(place.root.logs + "/databases/ONE") == 0o700)
    }

    @Test func whatIsInTheWayOfAnAccountIsNamed() throws {
        let place = try TemporaryInstallation()
        let stranger = Reach("stranger", ExternalProgram.Account(userID: 65_533, groupID: 65_533))
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: place.root.etc)
        let told = stranger.obstacle(into: place.root.etc + "/ssl")
        #expect(told?.hasPrefix("\(place.root.etc) (mode 0700, of ") == true)
        #expect(told?.hasSuffix("cannot be entered by stranger") == true)
        #expect(stranger.obstacle(toRunning: "/bin/sh") == nil)
        #expect(Reach("root", ExternalProgram.Account(userID: 0, groupID: 0)).obstacle(into: place.root.etc) == nil)
    }
}
