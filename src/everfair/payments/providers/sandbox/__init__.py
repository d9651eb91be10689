"""The payment sandbox (`everfair.payments.sandbox`) as an ordinary provider: JSON over HTTP, Standard Webhooks. The folder to copy."""
