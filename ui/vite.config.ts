import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { tanstackRouter } from "@tanstack/router-plugin/vite";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const outDir = "../src/erp/web/static";
const api = process.env.API_URL ?? "http://127.0.0.1:8000";

/** Write `.br` and `.gz` beside each asset, so that serving never has to compress. */
function compressAssets(): Plugin {
  return {
    name: "compress-assets",
    apply: "build",
    closeBundle() {
      const folder = join(import.meta.dirname, outDir, "assets");
      for (const name of readdirSync(folder).filter((file) => /\.(js|css|svg)$/.test(file))) {
        const path = join(folder, name);
        const source = readFileSync(path);
        const params = { [constants.BROTLI_PARAM_SIZE_HINT]: source.length };
        writeFileSync(`${path}.br`, brotliCompressSync(source, { params }));
        writeFileSync(`${path}.gz`, gzipSync(source, { level: 9 }));
      }
    },
  };
}

/** Put Swagger UI beside the product's own pages, so that /api/docs works without another host. */
function copyDocsAssets(): Plugin {
  return {
    name: "copy-docs-assets",
    apply: "build",
    closeBundle() {
      const folder = join(import.meta.dirname, outDir, "docs-assets");
      mkdirSync(folder, { recursive: true });
      for (const name of ["swagger-ui.css", "swagger-ui-bundle.js"]) {
        const path = join(folder, name);
        copyFileSync(join(import.meta.dirname, "node_modules/swagger-ui-dist", name), path);
        writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  plugins: [
    tanstackRouter({ target: "react", autoCodeSplitting: true, routeFileIgnorePrefix: "-" }),
    react(),
    compressAssets(),
    copyDocsAssets(),
  ],
  resolve: { alias: { "~": join(import.meta.dirname, "src") } },
  build: { outDir, emptyOutDir: true, sourcemap: "hidden", assetsInlineLimit: 0 },
  server: { port: 5173, proxy: { "/api": api, "/health": api } },
  test: { include: ["src/**/*.test.ts"] },
});
