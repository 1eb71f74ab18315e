// swift-tools-version:5.3
// The bridge's iOS half. Tauri's tools build it into the app.

import PackageDescription

let package = Package(
  name: "tauri-plugin-waybill",
  platforms: [.iOS(.v14)],
  products: [
    .library(name: "tauri-plugin-waybill", type: .static, targets: ["tauri-plugin-waybill"])
  ],
  dependencies: [.package(name: "Tauri", path: "../.tauri/tauri-api")],
  targets: [
    .target(
      name: "tauri-plugin-waybill",
      dependencies: [.byName(name: "Tauri")],
      path: "Sources"
    )
  ]
)
