# The service and its command line. Built and run as docs/deploy.md says.
ARG NODE_IMAGE=node:22-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=optional --ignore-scripts
COPY tsconfig.json ./
COPY scripts/build scripts/build
COPY src src
RUN node node_modules/typescript/bin/tsc -p scripts/build && chmod 755 dist/cli/main.js

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM ${NODE_IMAGE}
# Inside a container 127.0.0.1 is nobody else's: what may reach these ports, the engine decides.
ENV NODE_ENV=production OPS_HOST=0.0.0.0 BOT_WEBHOOK_HOST=0.0.0.0
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json LICENSE ./
COPY lua lua
COPY sql sql
RUN ln -s /app/dist/cli/main.js /usr/local/bin/visavis
USER node
EXPOSE 8181 8182
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.OPS_PORT || 8181) + '/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/main.js"]
