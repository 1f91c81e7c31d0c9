// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "Scenario", dependencies: [.package(path: "ConfdClient")],
    targets: [.executableTarget(name: "Scenario", dependencies: ["ConfdClient"])])
