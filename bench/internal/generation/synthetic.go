package generation

import (
	"fmt"
	"strings"
)

// Synthetic is a spec of so many operations, each with a request, an answer and
// a schema for either: about 2.4 kB apiece. It is correct, for specgen makes
// nothing of a spec that is not.
func Synthetic(operations int) string {
	var b strings.Builder
	b.WriteString(`openapi: 3.0.3
info:
  title: Synthetic
  version: 0.1.0
servers:
  - url: https://api.example.com
    description: Production
paths:
`)
	for i := range operations {
		fmt.Fprintf(&b, `  /v1/things%[1]d/{id}:
    post:
      operationId: changeThing%[1]d
      summary: Change thing %[1]d
      description: Changes the thing of kind %[1]d that has this id, and returns what became of it.
      x-retry: never
      x-source: SOURCES.md#synthetic
      security:
        - bearer: []
      parameters:
        - name: id
          in: path
          required: true
          schema:
            type: string
        - name: limit
          in: query
          schema:
            type: integer
            format: int32
      requestBody:
        required: true
        content:
          application/json:
            schema:
              $ref: '#/components/schemas/Change%[1]d'
      responses:
        '200':
          description: The thing as it is now.
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/Thing%[1]d'
              example:
                id: thing-1
                size: 3
                kind: small
        default:
          $ref: '#/components/responses/Failure'
`, i)
	}
	b.WriteString(`components:
  securitySchemes:
    bearer:
      type: http
      scheme: bearer
  responses:
    Failure:
      description: An error.
      content:
        application/json:
          schema:
            $ref: '#/components/schemas/Failure'
          example:
            message: An invented message.
  schemas:
    Failure:
      type: object
      required: [message]
      properties:
        message:
          type: string
`)
	for i := range operations {
		fmt.Fprintf(&b, `    Change%[1]d:
      type: object
      required: [name]
      properties:
        name:
          type: string
          description: What the thing of kind %[1]d is to be called.
        size:
          type: integer
          format: int64
        labels:
          type: array
          items:
            type: string
        owner:
          type: object
          properties:
            name:
              type: string
            since:
              type: string
              format: date-time
    Thing%[1]d:
      type: object
      required: [id, kind]
      properties:
        id:
          type: string
        size:
          type: integer
          format: int64
        kind:
          type: string
          enum: [small, large]
        change:
          $ref: '#/components/schemas/Change%[1]d'
        parts:
          type: array
          items:
            $ref: '#/components/schemas/Change%[1]d'
`, i)
	}
	return b.String()
}
